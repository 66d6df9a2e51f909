// SPDX-License-Identifier: MIT
// What customers say, the newest first. Whatever they typed is shown as the text that it is.
import { get, latest } from './api.js';
import { h, show, switcher, throttle } from './dom.js';
import { filterPairs, span } from './state.js';
import { ago, label, metricOf, moment } from './words.js';

const PAGE = 20;
const TYPING_MS = 350;
const BANDS = [
  ['', 'All'],
  ['promoter', 'Promoters'],
  ['passive', 'Passives'],
  ['detractor', 'Detractors'],
];
const signal = latest();
const PLACES = ['survey', 'channel', 'region', 'touchpoint', 'product', 'segment'];

function pairsOf(state) {
  const pairs = [['has_comment', 'true'], ['excluded', 'false'], ['test', 'false'], ['limit', PAGE]];
  const { from } = span(state);
  pairs.push(['from', new Date(from).toISOString()]);
  if (state.band) pairs.push(['band', state.band]);
  if (state.q.trim()) pairs.push(['q', state.q.trim()]);
  return [...pairs, ...filterPairs(state)];
}

function bandOf(nps) {
  if (nps === undefined || nps === null) return 'none';
  return nps >= 9 ? 'high' : nps >= 7 ? 'middle' : 'low';
}

function scores(answers) {
  const keys = Object.keys(answers).sort((a, b) => (b === 'nps') - (a === 'nps'));
  return keys
    .filter((key) => typeof answers[key] === 'number')
    .map((key) => h('span', { class: `score ${key === 'nps' ? bandOf(answers.nps) : 'none'}` }, h('small', {}, metricOf(key).name), ` ${answers[key]}`));
}

export function said(row) {
  const place = PLACES.filter((dimension) => row[dimension] !== null && row[dimension] !== undefined).map((dimension) =>
    h('span', { title: dimension }, label(dimension, row[dimension])),
  );
  return h(
    'li',
    {},
    h('blockquote', { dir: 'auto' }, row.comment),
    h(
      'p',
      { class: 'about' },
      scores(row.answers ?? {}),
      place,
      (row.tags ?? []).map((tag) => h('span', { class: 'tag' }, tag)),
      h('time', { datetime: row.occurred_at, title: moment(row.occurred_at) }, ago(row.occurred_at)),
    ),
  );
}

function noKey(problem) {
  if (problem.status !== 403) return h('p', { class: 'say' }, problem.message);
  return h(
    'div',
    { class: 'kind' },
    h('p', {}, 'This key reads numbers, and comments are people’s own words: they take a key of scope read. Whoever runs Hark makes one with'),
    h('pre', {}, h('code', {}, 'hark key create --project NAME --scope read')),
  );
}

// Remembers nothing but the list that it shows: the words that are typed belong to the address.
export function comments(element, { state, change, key }) {
  const list = h('ol', { class: 'sayings', 'aria-live': 'off' });
  const foot = h('div', { class: 'more' });
  const search = h('input', { type: 'search', placeholder: 'Search in comments', 'aria-label': 'Search in comments', maxlength: 200 });
  const controls = h('div', { class: 'controls' }, search);
  const bands = h('span', {});
  controls.append(bands);
  let shown = '';
  let typing = null;

  async function load(more = null) {
    const pairs = pairsOf(state());
    const asked = signal();
    try {
      const page = more ? await get(key(), more, [], asked) : await get(key(), '/v1/responses', pairs, asked);
      const rows = page.data.map(said);
      if (more) list.append(...rows);
      else show(list, rows);
      list.hidden = false;
      shown = JSON.stringify(pairs);
      tellMore(page, list.childElementCount);
    } catch (problem) {
      if (asked.aborted) return;
      list.hidden = true;
      controls.hidden = problem.status === 403;
      show(foot, noKey(problem));
    }
  }

  function tellMore(page, count) {
    const { q, band } = state();
    const none = q || band ? 'No comment in this time is like that.' : 'No comments in this time.';
    show(
      foot,
      count === 0 && !page.next ? h('p', { class: 'say' }, none) : null,
      page.next ? h('button', { type: 'button', class: 'quiet', onclick: () => load(page.next) }, count ? 'More' : 'Look further back') : null,
    );
  }

  search.addEventListener('input', () => {
    clearTimeout(typing);
    typing = setTimeout(() => {
      change({ q: search.value }, { quietly: true });
      load();
    }, TYPING_MS);
  });

  show(element, h('header', {}, h('h2', { id: 'comments-title' }, 'What customers say'), controls), list, foot);

  return {
    // Everything that the address says may have changed.
    update() {
      if (document.activeElement !== search) search.value = state().q;
      const pick = (band) => {
        change({ band }, { quietly: true });
        load();
      };
      if (!bands.contains(document.activeElement)) show(bands, switcher('Which comments', 'band', BANDS, state().band, pick));
      controls.hidden = false;
      load();
    },
    // New ones on top, unless somebody has read further down.
    refresh: throttle(() => {
      if (JSON.stringify(pairsOf(state())) !== shown || list.childElementCount <= PAGE) load();
    }, 2000),
  };
}
