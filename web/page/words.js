// SPDX-License-Identifier: MIT
// Numbers and times as people read them. The API rounds nothing; this page does.

const MINUS = '−';

// Of Intl: dear to make, and not needed for the first numbers, mostly.
const made = new Map();
function once(name, make) {
  if (!made.has(name)) made.set(name, make());
  return made.get(name);
}
const count = () => once('count', () => new Intl.NumberFormat('en'));
const countries = () => once('countries', () => new Intl.DisplayNames(['en'], { type: 'region' }));

export const METRICS = {
  nps: { name: 'NPS', title: 'Net Promoter Score', unit: '', scale: 'out of −100 to 100', low: -100, high: 100 },
  csat: { name: 'CSAT', title: 'Customer satisfaction', unit: '%', scale: 'percent satisfied: 4 or 5 of 5', low: 0, high: 100 },
  ces: { name: 'CES', title: 'Ease', unit: '%', scale: 'percent who found it easy: 5 to 7 of 7', low: 0, high: 100 },
};

// Of a question that a survey defines: what its definition tells.
export function metricOf(key, number) {
  if (METRICS[key]) return METRICS[key];
  const definition = number?.definition ?? '';
  // rating_1_5_mean: what is asked, its scale, what is made of it.
  const [, first, last] = definition.match(/_(\d+)_(\d+)/) ?? [];
  const isNet = /^nps_|_net/.test(definition) || (number && 'promoters' in number);
  const isMean = /_mean/.test(definition);
  const [low, high] = isNet ? [-100, 100] : isMean && last ? [Number(first), Number(last)] : [0, 100];
  const made = isNet ? 'out of −100 to 100' : isMean ? `mean of ${first} to ${last}` : `percent satisfied, of ${first ?? '?'} to ${last ?? '?'}`;
  return { name: key, title: 'a question of a survey', unit: isNet || isMean ? '' : '%', scale: definition ? made : '', low, high };
}

export function signed(value, digits = 1) {
  const text = Math.abs(value).toFixed(digits);
  if (Number(text) === 0) return text;
  return (value < 0 ? MINUS : '+') + text;
}

// A score, with as many decimal places as its scale calls for.
export function score(value, metric, digits = metric.high - metric.low <= 20 ? 2 : 0) {
  if (value === null || value === undefined) return '–';
  if (metric.low < 0) return signed(value, digits);
  return Math.abs(value).toFixed(digits).replace('-', MINUS);
}

export const whole = (n) => (n < 1000 ? String(n) : count().format(n));
export const percent = (part, all) => (all === 0 ? '0 %' : `${Math.round((100 * part) / all)} %`);
export const plural = (n, one, many) => `${whole(n)} ${n === 1 ? one : many}`;

// Neither 0 nor 1 is ever quite true.
export function chance(p) {
  if (p < 0.001) return 'fewer than 1 in 1,000';
  if (p < 0.095) return `about 1 in ${whole(Math.round(1 / p))}`;
  return `${Math.round(100 * p)} in 100`;
}

export function country(code) {
  if (code === null) return 'no country';
  try {
    return countries().of(code) ?? code;
  } catch {
    return code;
  }
}

// A dimension's value as a label.
export function label(dimension, value) {
  if (value === null || value === '') return `no ${dimension}`;
  return dimension === 'country' ? country(value) : value;
}

export function moment(text, zone, options = { dateStyle: 'medium', timeStyle: 'short' }) {
  const make = () => new Intl.DateTimeFormat('en-GB', { ...options, timeZone: zone });
  return once(JSON.stringify([zone, options]), make).format(new Date(text));
}

// How long ago, roughly; with the exact time as a title elsewhere.
export function ago(text, now = Date.now()) {
  const seconds = Math.max(0, (now - new Date(text)) / 1000);
  const units = [
    [60, 'second', 1],
    [3600, 'minute', 60],
    [86400, 'hour', 3600],
    [86400 * 45, 'day', 86400],
    [Infinity, 'month', 86400 * 30.4],
  ];
  if (seconds < 10) return 'just now';
  const [, unit, size] = units.find(([limit]) => seconds < limit);
  const n = Math.floor(seconds / size);
  return `${n} ${unit}${n === 1 ? '' : 's'} ago`;
}
