// SPDX-License-Identifier: MIT
// Elements from JavaScript. Text goes in as text alone: nothing here, or anywhere in the page, makes markup of a string.

const SVG = 'http://www.w3.org/2000/svg';

// The one library writes its axis labels as markup. Whatever it writes is escaped here, so that it shows as text, and the
// Content-Security-Policy lets no other way in.
const escapes = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
window.trustedTypes?.createPolicy('default', { createHTML: (text) => text.replace(/[&<>"']/g, (sign) => escapes[sign]) });

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name === 'value') element.value = value;
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

// h('p', { class: 'note' }, 'text', element, [more])
export const h = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);
export const svg = (tag, attributes, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);

export const byId = (id) => document.getElementById(id);

// Replaces what an element shows.
export function show(element, ...children) {
  element.replaceChildren(...children.flat(Infinity).filter(Boolean));
  return element;
}

// A <select>: options are [value, label] pairs.
export function choice(label, options, value, change, attributes = {}) {
  const select = h(
    'select',
    { ...attributes, 'aria-label': label, onchange: () => change(select.value) },
    options.map(([key, text]) => h('option', { value: key, selected: key === value }, text)),
  );
  select.value = value;
  return select;
}

// One of a few, as native radios: a keyboard and a screen reader know them.
export function switcher(legend, name, options, value, change) {
  return h(
    'fieldset',
    { class: 'switcher' },
    h('legend', { class: 'hidden' }, legend),
    options.map(([key, text]) =>
      h(
        'label',
        {},
        h('input', { type: 'radio', name, value: key, checked: key === value, onchange: () => change(key) }),
        h('span', {}, text),
      ),
    ),
  );
}

// Once what was drawn is seen. A tab in the background paints nothing, and waits for nothing.
export function afterPaint(run) {
  if (document.hidden) setTimeout(run);
  else requestAnimationFrame(() => setTimeout(run));
}

// Calls at most once in ms, and last with the latest.
export function throttle(run, ms) {
  let timer = null;
  let last = 0;
  return () => {
    if (timer) return;
    timer = setTimeout(
      () => {
        timer = null;
        last = Date.now();
        run();
      },
      Math.max(0, last + ms - Date.now()),
    );
  };
}
