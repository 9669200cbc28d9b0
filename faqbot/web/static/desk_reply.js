// Puts the answer of an entry where the cursor stands in the reply, so that nothing typed is lost. Without this the link loads the page with the answer in it.
const reply = document.getElementById('f-text');

for (const link of document.querySelectorAll('[data-insert]')) {
  link.addEventListener('click', (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const text = link.parentElement.querySelector('[data-text]').textContent;
    const before = reply.value.slice(0, reply.selectionStart);
    const gap = before.trim() && !before.endsWith('\n\n') ? '\n\n' : '';
    reply.setRangeText(gap + text, reply.selectionStart, reply.selectionEnd, 'end');
    reply.focus();
    reply.scrollIntoView({ block: 'center' });
  });
}
