// A button under each piece of code that copies it. Browsers allow that on https and on this machine; elsewhere the code can be selected as any text.
if (navigator.clipboard) {
  for (const code of document.querySelectorAll('[data-copy]')) {
    const button = document.createElement('button');
    const said = document.createElement('span');
    button.type = 'button';
    button.className = 'plain small';
    button.textContent = '복사하기';
    button.setAttribute('aria-label', `복사하기: ${code.getAttribute('aria-label')}`);
    said.className = 'copied quiet';
    said.setAttribute('role', 'status');
    button.addEventListener('click', async () => {
      try {
        await navigator.clipboard.writeText(code.textContent);
        said.textContent = '복사했어요.';
      } catch {
        said.textContent = '복사하지 못했어요. 코드를 눌러 직접 복사해 주세요.';
      }
      setTimeout(() => { said.textContent = ''; }, 4000);
    });
    const row = document.createElement('p');
    row.className = 'copy-row';
    row.append(button, said);
    code.after(row);
  }
}
