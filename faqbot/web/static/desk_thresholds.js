// Counts follow the sliders. Each comes from the server, exact; without this, the form asks for the page anew.
const box = document.querySelector('[data-what-if]');
const sliders = ['answer', 'suggest'].map((name) => document.getElementById(`f-${name}`));
let asked = 0;
let timer = 0;

function tell(found) {
  for (const cell of box.querySelectorAll('[data-count]')) cell.textContent = found.words[cell.dataset.count];
  for (const mark of document.querySelectorAll('[data-mark]')) {
    mark.setAttribute('x1', found.x[mark.dataset.mark]);
    mark.setAttribute('x2', found.x[mark.dataset.mark]);
  }
}

function show() {
  const [answer, suggest] = sliders.map((slider) => Number(slider.value).toFixed(3));
  for (const [name, value] of [['answer', answer], ['suggest', suggest]]) {
    box.querySelector(`[data-value="${name}"]`).textContent = value;
    const field = document.querySelector(`[data-field="${name}"]`);
    if (field) field.value = value;
  }
  const button = document.querySelector('[data-apply]');
  if (button) button.textContent = `바로 답하기 ${answer}, 후보 ${suggest} 적용하기`;
  return [answer, suggest];
}

async function ask() {
  const mine = ++asked;
  const [answer, suggest] = sliders.map((slider) => slider.value);
  try {
    const response = await fetch(`${box.dataset.whatIf}?${new URLSearchParams({ answer, suggest })}`);
    if (response.ok && mine === asked) tell(await response.json());
  } catch { /* the button of the form still works */ }
}

for (const slider of sliders) {
  slider.addEventListener('input', () => {
    show();
    box.querySelector('[data-state]').textContent = '아직 적용되지 않아요. 보기만 하는 값이에요.';
    clearTimeout(timer);
    timer = setTimeout(ask, 120);
  });
}
