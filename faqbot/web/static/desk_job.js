// Progress of a training, looked up now and then; when it is over the page is loaded anew. Without this, the page has a link for that.
const box = document.querySelector('[data-job]');

async function look() {
  const response = await fetch(box.dataset.url, { headers: { Accept: 'application/json' } });
  if (!response.ok) throw new Error(String(response.status));
  const { job } = await response.json();
  if (!job || job.is_over || String(job.id) !== box.dataset.job) {
    location.replace(`${location.pathname}${location.hash || '#train'}`);
    location.reload();
    return false;
  }
  box.querySelector('[data-step]').textContent = job.step;
  box.querySelector('[data-percent]').textContent = `${Math.round(job.progress * 100)}%`;
  box.querySelector('progress').value = job.progress;
  return true;
}

async function follow() {
  let wait = 1500;
  for (;;) {
    await new Promise((resolve) => { setTimeout(resolve, wait); });
    if (document.hidden) continue;
    try {
      if (!await look()) return;
      wait = 1500;
    } catch {
      wait = Math.min(wait * 2, 30000);
    }
  }
}

if (box) follow();
