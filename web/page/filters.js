// SPDX-License-Identifier: MIT
// The bar of filters: the time, what to compare with, and any value of any dimension.
import { get } from './api.js';
import { choice, h, show } from './dom.js';
import { COMPARES, DIMENSIONS, WINDOWS, filterPairs, windowPairs } from './state.js';
import { label, whole } from './words.js';

const OPTIONS_MAX = 200;
let values = null; // of the dimension that is being added

// change(part): the new state. key(): what to ask with.
export function showFilters(element, state, change, key) {
  const set = (dimension, list) => {
    const filters = { ...state.filters, [dimension]: list };
    if (!list.length) delete filters[dimension];
    change({ filters });
  };
  const chips = Object.entries(state.filters).flatMap(([dimension, list]) =>
    list.map((value) =>
      h(
        'button',
        {
          type: 'button',
          class: 'chip',
          'aria-label': `Remove the filter ${dimension}: ${label(dimension, value)}`,
          onclick: () => set(dimension, list.filter((other) => other !== value)),
        },
        h('span', {}, dimension),
        ` ${label(dimension, value)} `,
        h('i', { 'aria-hidden': 'true' }, '×'),
      ),
    ),
  );
  const room = h('span', { class: 'adding' });
  show(
    element,
    h('label', { class: 'field' }, h('span', {}, 'Time'), choice('Time', WINDOWS, state.window, (window) => change({ window, zoom: '' }))),
    h('label', { class: 'field' }, h('span', {}, 'Against'), choice('Against', COMPARES, state.compare, (compare) => change({ compare }))),
    adder(room, state, set, key),
    room,
    chips.length ? h('span', { class: 'chips' }, chips) : null,
    chips.length ? h('button', { type: 'button', class: 'quiet', onclick: () => change({ filters: {} }) }, 'Clear filters') : null,
  );
}

function adder(room, state, set, key) {
  const options = [['', 'Only …'], ...DIMENSIONS.map((dimension) => [dimension, dimension])];
  return h(
    'label',
    { class: 'field' },
    h('span', {}, 'Filter'),
    choice('Filter by a dimension', options, '', (dimension) => dimension && offer(room, dimension, state, set, key)),
  );
}

// The values that there are in this time, the most frequent first.
async function offer(room, dimension, state, set, key) {
  const others = { ...state, filters: Object.fromEntries(Object.entries(state.filters).filter(([name]) => name !== dimension)) };
  const pairs = [['metric', state.metrics[0]], ['group_by', dimension], ['order', '-n'], ['limit', OPTIONS_MAX]];
  show(room, h('span', { class: 'say' }, 'Looking …'));
  try {
    values = await get(key(), '/v1/metrics', [...pairs, ...windowPairs(state), ...filterPairs(others)]);
  } catch (problem) {
    show(room, h('span', { class: 'say' }, problem.message));
    return;
  }
  const chosen = state.filters[dimension] ?? [];
  const options = values.groups
    .map((group) => [group[dimension] ?? '', `${label(dimension, group[dimension])} (${whole(group[state.metrics[0]].n)})`])
    .filter(([value]) => !chosen.includes(value));
  if (!options.length) {
    show(room, h('span', { class: 'say' }, `No ${dimension} to choose in this time.`));
    return;
  }
  const placeholder = ['\u0000', `Which ${dimension}?`];
  const select = choice(`Which ${dimension}`, [placeholder, ...options], placeholder[0], (value) => set(dimension, [...chosen, value]));
  show(room, select);
  select.focus();
}
