// SPDX-License-Identifier: MIT
// What to do where there is no key, or no answer yet, or something went wrong.
import { h, show } from './dom.js';
import { keepKey, looksLikeKey, writeKey } from './keys.js';
import { metricOf } from './words.js';

const reasons = {
  401: 'That key is unknown, or was revoked. Ask whoever runs Hark for another one.',
  403: 'That key may post answers, but read no numbers. The page needs one of scope metrics or, for comments too, read.',
};

export function showGate(element, problem, enter) {
  const input = h('input', { id: 'key', name: 'key', type: 'password', autocomplete: 'off', spellcheck: 'false', required: true, placeholder: 'hk_live_…', 'aria-describedby': 'key-help key-fault' });
  const fault = h('p', { id: 'key-fault', class: 'fault', role: 'alert' }, problem ? (reasons[problem.status] ?? problem.message) : '');
  const submit = (event) => {
    event.preventDefault();
    const key = input.value.trim();
    if (!looksLikeKey(key)) {
      show(fault, 'A key begins with hk_live_ or hk_test_, and is longer than this.');
      input.focus();
      return;
    }
    keepKey(key);
    enter(key);
  };
  show(
    element,
    h(
      'form',
      { class: 'gate', onsubmit: submit },
      h('h2', {}, 'What customers say, in numbers that say how sure they are.'),
      h('label', { for: 'key' }, 'Key'),
      h('div', { class: 'row' }, input, h('button', { type: 'submit' }, 'Open')),
      fault,
      h('p', { id: 'key-help', class: 'say' }, 'make run prints one, and so does this. It stays in this tab until you close it, and never in the address.'),
      h('pre', {}, h('code', {}, 'hark key create --project NAME --scope read')),
    ),
  );
  input.focus();
}

/* --- no answer yet --- */

function copyButton(text) {
  const button = h('button', { type: 'button', class: 'quiet' }, 'Copy');
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = 'Copied';
    } catch {
      button.textContent = 'Select it and copy';
    }
  });
  return button;
}

function curlOf(key) {
  return [
    `curl ${location.origin}/v1/responses`,
    `  -H 'Authorization: Bearer ${key}'`,
    "  -H 'Content-Type: application/json'",
    `  -d '{"channel":"web","region":"ES-CT","answers":{"nps":9,"csat":5,"ces":6},"comment":"Easy and quick"}'`,
  ].join(' \\\n');
}

export function showTeaching(element) {
  const write = writeKey();
  const command = curlOf(write ?? '$WRITE');
  show(
    element,
    h(
      'div',
      { class: 'teach' },
      h('h2', {}, 'No answers yet. Send the first one:'),
      h('pre', {}, h('code', {}, command)),
      copyButton(command),
      h(
        'p',
        { class: 'say' },
        write ? 'The key in it is your write key. ' : '$WRITE stands for a key of scope write: hark key create --project NAME --scope write. ',
        'The number below moves as soon as it is stored; there is nothing to reload.',
      ),
    ),
  );
}

// A filter, or the time, may be why there is nothing to see.
export function showNothingFound(element, state, change) {
  const hasFilters = Object.keys(state.filters).length > 0;
  show(
    element,
    h(
      'div',
      { class: 'teach' },
      h('h2', {}, hasFilters ? 'No answers match these filters in this time.' : 'No answers in this time.'),
      h(
        'p',
        {},
        hasFilters ? h('button', { type: 'button', onclick: () => change({ filters: {} }) }, 'Clear the filters') : null,
        state.window !== '365d' ? h('button', { type: 'button', onclick: () => change({ window: '365d', zoom: '' }) }, 'Look at the last 12 months') : null,
      ),
    ),
  );
}

/* --- what went wrong, and what to do --- */

export function showNotice(element, problem, retry) {
  if (!problem) {
    show(element);
    return;
  }
  const advice =
    problem.status === 0
      ? 'The service can’t be reached. The numbers below are from before; they go on by themselves when it is back.'
      : problem.status >= 500
        ? `The service can’t answer at the moment: ${problem.message}`
        : problem.status === 429
          ? 'Too many requests from this address. Wait a moment.'
          : `This can’t be shown: ${[problem.message, ...problem.errors.map((fault) => `${fault.parameter ?? ''} ${fault.detail}`)].join(' ')}`;
  show(
    element,
    h('div', { class: 'notice' }, h('p', {}, advice, problem.request ? h('small', {}, ` Request ${problem.request}`) : null), h('button', { type: 'button', class: 'quiet', onclick: retry }, 'Try again')),
  );
}

// Why a metric that was asked for has no card.
export function showMixed(element, names) {
  if (!names.length) {
    show(element);
    return;
  }
  const list = names.map((name) => metricOf(name).name).join(', ');
  show(element, h('p', { class: 'notice' }, `${list}: answered on different scales, which never make one number. Choose a survey above to see it.`));
}
