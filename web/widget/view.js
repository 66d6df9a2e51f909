// SPDX-License-Identifier: MIT
// What is seen: native radios and a textarea, in a form. Text goes in as text, never as markup.

export function make(tag, properties, ...children) {
  const { className, ...attributes } = properties ?? {};
  const element = document.createElement(tag);
  if (className) element.className = className;
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, '');
    else if (value || value === 0) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

// The ends of a scale are read out with their meaning.
function makeScore(question, index, score, text) {
  const end = score === question.min ? text.low : score === question.max ? text.high : null;
  return make(
    'label',
    { className: 'score', part: 'score' },
    make('input', { type: 'radio', name: `q${index}`, value: score }),
    make('span', { className: 'face' }, String(score), end && make('span', { className: 'sr' }, `, ${end}`)),
  );
}

// A native radio says itself which one of how many it is. A click of a pointer is a choice; the keyboard moves through the
// scores, and chooses with Enter or the button. onScore(score).
export function makeQuestion(question, index, text, onScore) {
  const scores = Array.from({ length: question.max - question.min + 1 }, (_, i) => question.min + i);
  const button = make('button', { className: 'send', type: 'button', part: 'button', hidden: true }, text.next);
  const scale = make('div', { className: scores.length > 7 ? 'scale long' : 'scale' });
  scale.style.setProperty('--columns', scores.length);
  scale.append(...scores.map((score) => makeScore(question, index, score, text)));
  let sent = null;
  const choose = () => {
    const checked = scale.querySelector(':checked');
    button.hidden = true;
    if (!checked || checked.value === sent) return;
    sent = checked.value;
    onScore(Number(sent));
  };
  let isPointed = false;
  scale.addEventListener('pointerup', () => (isPointed = true));
  scale.addEventListener('keydown', (event) => {
    isPointed = false;
    if (event.key === 'Enter') choose();
  });
  scale.addEventListener('click', (event) => {
    if (event.target.type !== 'radio') return;
    if (isPointed) choose();
    else button.hidden = event.target.value === sent;
    isPointed = false;
  });
  button.addEventListener('click', () => {
    const isFocused = button.getRootNode().activeElement === button;
    choose();
    if (isFocused) scale.querySelector(':checked')?.focus();
  });
  const ends = make('div', { className: 'ends', 'aria-hidden': 'true' }, make('span', null, text.low), make('span', null, text.high));
  const fields = make('fieldset', null, make('legend', { dir: 'auto' }, text.question), scale, ends, button);
  return make('div', { className: 'step', part: 'question' }, fields);
}

export function makeComment(text, onComment) {
  const area = make('textarea', { id: 'comment', maxlength: 4000, placeholder: text.placeholder, part: 'comment', rows: 3 });
  const button = make('button', { className: 'send', type: 'button', part: 'button' }, text.send);
  button.addEventListener('click', () => onComment(area.value.trim()));
  return make(
    'div',
    { className: 'step' },
    make('label', { className: 'prompt', for: 'comment' }, text.comment, ' ', make('span', { className: 'optional' }, `(${text.optional})`)),
    area,
    button,
  );
}

export const makeThanks = (text) => make('p', { className: 'thanks', tabindex: -1 }, text.thanks);

// status is read out when it changes, without moving the focus. floats(): it lies above the page, so Escape takes it away.
export function makeCard(text, onClose, floats) {
  const steps = make('form', { novalidate: true });
  const status = make('div', { className: 'status', role: 'status' });
  const close = make('button', { className: 'close', type: 'button', 'aria-label': text.close, part: 'close' });
  const card = make('section', { className: 'card', part: 'card', 'aria-label': text.survey }, steps, status, close);
  steps.addEventListener('submit', (event) => event.preventDefault());
  close.addEventListener('click', onClose);
  card.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && floats()) onClose();
    // What is typed here is no shortcut of the page's.
    else if (event.target.localName === 'textarea') event.stopPropagation();
  });
  return { card, steps, status };
}
