// SPDX-License-Identifier: MIT
// What the page shows, as its address says it: a link shows what I see. The key is never part of it.

export const DIMENSIONS = ['survey', 'channel', 'country', 'region', 'touchpoint', 'product', 'segment'];
export const WINDOWS = [
  ['24h', 'Last 24 hours', 1],
  ['7d', 'Last 7 days', 7],
  ['30d', 'Last 30 days', 30],
  ['90d', 'Last 90 days', 90],
  ['365d', 'Last 12 months', 365],
];
export const COMPARES = [
  ['previous', 'the time before'],
  ['year', 'a year before'],
  ['none', 'nothing'],
];
const BUILT_IN = ['nps', 'csat', 'ces'];
const QUARTER = 900_000;
const DAY = 86_400_000;

const defaults = { window: '30d', compare: 'previous', by: 'region,channel', metric: 'nps', sort: '-n', view: 'grid', band: '', q: '', zoom: '' };
const OWN = [...Object.keys(defaults), 'metrics'];

const isDimension = (name) => /^[a-z][a-z0-9_]*$/.test(name) && !OWN.includes(name) && !name.startsWith('utm_');
const among = (value, list, otherwise) => (list.some(([key]) => key === value) ? value : otherwise);

export function readAddress(search) {
  const query = new URLSearchParams(search);
  const state = { filters: {} };
  for (const [name, value] of Object.entries(defaults)) state[name] = query.get(name) ?? value;
  state.window = among(state.window, WINDOWS, defaults.window);
  state.compare = among(state.compare, COMPARES, defaults.compare);
  state.view = state.view === 'table' ? 'table' : 'grid';
  state.zoom = /^\d+-\d+$/.test(state.zoom) ? state.zoom : '';
  state.metrics = (query.get('metrics') ?? '').split(',').filter(isDimension);
  if (!state.metrics.length) state.metrics = BUILT_IN;
  if (!state.metrics.includes(state.metric)) state.metric = state.metrics[0];
  const by = state.by.split(',').filter(isDimension);
  state.by = [...new Set([...by, ...defaults.by.split(',')])].slice(0, 2);
  for (const name of new Set(query.keys())) {
    if (isDimension(name)) state.filters[name] = [...new Set(query.getAll(name))];
  }
  return state;
}

export function writeAddress(state) {
  const query = new URLSearchParams();
  for (const [name, values] of Object.entries(state.filters)) values.forEach((value) => query.append(name, value));
  for (const [name, value] of Object.entries(defaults)) {
    const text = name === 'by' ? state.by.join(',') : state[name];
    if (text !== value) query.set(name, text);
  }
  if (state.metrics.join() !== BUILT_IN.join()) query.set('metrics', state.metrics.join(','));
  const text = query.toString().replaceAll('%2C', ',');
  return text ? `?${text}` : '/';
}

// The window in ms: it ends with the present quarter of an hour, as the API's own does.
export function span(state, now = Date.now()) {
  const to = (Math.floor(now / QUARTER) + 1) * QUARTER;
  const [, , days] = WINDOWS.find(([key]) => key === state.window);
  return { from: to - days * DAY, to, days };
}

// Milliseconds to the next quarter of an hour, with which the window moves on.
export const untilMove = (now = Date.now()) => QUARTER - (now % QUARTER) + 500;

const iso = (ms) => new Date(ms).toISOString().replace('.000', '');

// As [name, value] pairs. The API's own window needs no words: those who ask for it share one stream.
export function filterPairs(state) {
  return Object.entries(state.filters).flatMap(([name, values]) => values.map((value) => [name, value]));
}

export function windowPairs(state) {
  return state.window === '30d' ? [] : [['from', iso(span(state).from)]];
}

// What the stream is asked: of the metrics, only where they are not those that it tells anyway.
export function streamPairs(state) {
  const metrics = state.metrics.join();
  const named = metrics === BUILT_IN.join() ? [] : [['metric', metrics]];
  return [...named, ...comparePairs(state), ...windowPairs(state), ...filterPairs(state)];
}

export function comparePairs(state) {
  return state.compare === 'none' ? [] : [['compare', state.compare]];
}

// What the chart shows: the window, or the part of it that is zoomed into; in quarters of an hour.
export function chartSpan(state) {
  const whole = span(state);
  if (!state.zoom) return whole;
  const [from, to] = state.zoom.split('-').map((quarter) => Number(quarter) * QUARTER);
  return from < to ? { from, to } : whole;
}

export function chartPairs(state) {
  const { from, to } = chartSpan(state);
  return [
    ['from', iso(from)],
    ['to', iso(to)],
    ['interval', bucketOf(to - from)],
  ];
}

export const zoomOf = (from, to) => `${Math.floor(from / QUARTER)}-${Math.ceil(to / QUARTER)}`;

// Between some 20 and 180 points.
export function bucketOf(ms) {
  if (ms <= 5 * DAY) return 'hour';
  if (ms <= 180 * DAY) return 'day';
  return ms <= 3 * 365 * DAY ? 'week' : 'month';
}

export const smallestZoom = 6 * 3_600_000;
