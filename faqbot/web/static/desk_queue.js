// Keys for the review queue, heard only while a checkbox of the list has the focus; and how many are chosen. Without this each thing has a button or a link.
const queue = document.querySelector('[data-queue]');

if (queue) {
  const boxes = [...queue.querySelectorAll('input[name="id"]')];
  const count = queue.querySelector('[data-count]');
  const checked = () => boxes.filter((box) => box.checked);

  const tell = () => {
    count.textContent = checked().length ? `고른 ${checked().length}묶음을` : '고른 것을';
  };

  const act = (key, box) => {
    const own = box.closest('li').querySelector(`[data-own="${key}"]`);
    const bulk = document.querySelector(`button[data-key="${key}"]`);
    if (own && checked().length < 2) {
      own.click();
    } else if (bulk) {
      if (key !== 'z' && !checked().length) box.checked = true;
      bulk.click();
    }
    return own || bulk;
  };

  queue.addEventListener('change', tell);
  queue.addEventListener('keydown', (event) => {
    const place = boxes.indexOf(event.target);
    if (place < 0 || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    // By place on the keyboard: with the Korean layout the same key types ㅁ, ㅑ, …
    const key = event.code.startsWith('Key') ? event.code.slice(3).toLowerCase() : '';
    const step = { j: 1, k: -1 }[key];
    if (step) {
      const next = boxes[place + step];
      if (next) {
        next.focus();
        next.closest('li').scrollIntoView({ block: 'nearest' });
      }
    } else if (!key || !/^[afhinrstz]$/.test(key) || !act(key, event.target)) {
      return;
    }
    event.preventDefault();
  });
  queue.querySelector('[data-first]')?.focus();
  tell();
}
