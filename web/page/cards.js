// SPDX-License-Identifier: MIT
// At a glance: each metric with what it is worth, and whether it really changed.
import { h, show } from './dom.js';
import { distribution, interval } from './pictures.js';
import { chance, metricOf, percent, plural, score, whole } from './words.js';

const QUALITY = {
  insufficient: 'Fewer than 30 answers: too few to judge by.',
  indicative: 'Fewer than 100 answers: take it as a first hint.',
};

const than = { previous: 'than in the time before', year: 'than a year before' };

// Whether it is real, in plain words.
export function changeWords(number, metric, compare) {
  const change = number.compare;
  if (!change) return null;
  if (change.hidden) return { tone: 'flat', text: 'Too few answers to compare.' };
  if (change.delta === null) return { tone: 'flat', text: 'Nothing to compare with: no answers in the time before.' };
  const size = `${Math.abs(change.delta).toFixed(1)} ${metric.unit === '%' ? 'percentage points' : 'points'}`;
  if (Math.abs(change.delta) < 0.05) return { tone: 'flat', text: `The same as ${than[compare].replace('than ', '')}.` };
  const direction = change.delta > 0 ? 'higher' : 'lower';
  const text = `${size} ${direction} ${than[compare]}`;
  const note = `Chance alone does that in ${chance(change.p)} such comparisons.`;
  if (change.significant) return { tone: change.delta > 0 ? 'up' : 'down', text: `${text}: a real change.`, note };
  return { tone: 'flat', text: `${text}: may well be chance.`, note };
}

function bands(key, number) {
  if (key === 'nps' || 'promoters' in number) {
    const { promoters, passives, detractors, n } = number;
    return [
      ['low', 'Detractors', detractors, n],
      ['middle', 'Passives', passives, n],
      ['high', 'Promoters', promoters, n],
    ];
  }
  return null;
}

const firstScore = (key, number) => (key === 'nps' ? 0 : Number(number.definition?.match(/_(\d+)_\d+/)?.[1] ?? 1));

function spread(key, number) {
  if (!number.distribution || number.n === 0) return null;
  const first = firstScore(key, number);
  const legend = bands(key, number);
  const last = first + number.distribution.length - 1;
  return h(
    'div',
    { class: 'spread' },
    distribution(key, number.distribution, first),
    legend
      ? h(
          'p',
          { class: 'legend' },
          legend.map(([tone, name, n, all]) => h('span', { class: tone }, h('b', {}, percent(n, all)), ` ${name}`)),
        )
      : h(
          'p',
          { class: 'legend ends' },
          h('span', {}, `${first} lowest`),
          number.mean !== undefined && number.mean !== null ? h('span', {}, `mean ${number.mean.toFixed(2)}`) : null,
          h('span', {}, `${last} highest`),
        ),
  );
}

function range(number, metric) {
  const { lower, upper, level } = number.interval;
  return h(
    'div',
    { class: 'range' },
    interval(number, metric, metric, { size: 20 }),
    h('p', { class: 'ends', 'aria-hidden': 'true' }, h('span', {}, score(metric.low, metric)), h('span', {}, score(metric.high, metric))),
    h(
      'p',
      { class: 'say' },
      `${Math.round(100 * level)} % sure that it lies between `,
      h('b', {}, score(lower, metric)),
      ' and ',
      h('b', {}, score(upper, metric)),
      '.',
    ),
  );
}

function body(key, number, metric, compare) {
  if (number.hidden) return [h('p', { class: 'say' }, `${plural(number.n, 'answer', 'answers')}: too few for this project to publish. A key of scope read sees them.`)];
  if (number.mixed) return [h('p', { class: 'say' }, 'Surveys ask this in different ways, which make no one number. Filter by a survey.')];
  if (number.value === null) return [h('p', { class: 'say' }, 'No answers in this time.')];
  const change = changeWords(number, metric, compare);
  return [
    change && h('p', { class: `change ${change.tone}` }, change.text, change.note && h('small', {}, ` ${change.note}`)),
    range(number, metric),
    spread(key, number),
    QUALITY[number.quality] && h('p', { class: 'quality' }, QUALITY[number.quality]),
  ];
}

function card(key, number, compare) {
  const metric = metricOf(key, number);
  return h(
    'article',
    { class: 'card', 'data-metric': key },
    h('h2', {}, metric.name, h('small', {}, metric.title)),
    h(
      'p',
      { class: 'value' },
      h('b', { 'data-value': key }, score(number.value, metric)),
      number.value !== null && metric.unit ? h('span', { class: 'unit' }, metric.unit) : null,
      h('span', { class: 'n' }, h('span', { 'data-n': key }, whole(number.n)), ` ${number.n === 1 ? 'answer' : 'answers'}`),
    ),
    h('p', { class: 'scale' }, metric.scale),
    body(key, number, metric, compare),
  );
}

// Those that moved since the last time are shown to have.
export function showCards(element, reply, state, before) {
  const cards = Object.entries(reply.total).map(([key, number]) => {
    const made = card(key, number, state.compare);
    const old = before?.total?.[key];
    if (old && (old.n !== number.n || old.value !== number.value)) made.classList.add('moved');
    return made;
  });
  show(element, cards);
}
