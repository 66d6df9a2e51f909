// SPDX-License-Identifier: MIT
// The small pictures: an interval on a scale, and how many gave which score. Each is an image with its meaning as text.
import { svg } from './dom.js';
import { percent, score, whole } from './words.js';

const at = (value, { low, high }) => `${Math.min(100, Math.max(0, (100 * (value - low)) / (high - low)))}%`;
const wide = (from, to, { low, high }) => {
  const left = Math.max(low, from);
  const right = Math.min(high, to);
  return `${Math.max(0, (100 * (right - left)) / (high - low))}%`;
};

export function intervalText(number, metric) {
  if (number.hidden) return 'hidden: too few answers';
  if (number.value === null) return 'no answers';
  const { lower, upper, level } = number.interval;
  return `${score(number.value, metric)}${metric.unit}; with ${Math.round(100 * level)} % certainty between ${score(lower, metric)} and ${score(upper, metric)}`;
}

// A track from scale.low to scale.high, the interval as a bar, the value as a dot; mark: a line across at some value.
export function interval(number, metric, scale = metric, { mark = null, size = 14 } = {}) {
  const middle = size / 2;
  const picture = svg('svg', { class: 'interval', height: size, role: 'img', 'aria-label': intervalText(number, metric) });
  picture.append(svg('line', { class: 'track', x1: 0, x2: '100%', y1: middle, y2: middle }));
  if (scale.low < 0 && scale.high > 0) {
    picture.append(svg('line', { class: 'zero', x1: at(0, scale), x2: at(0, scale), y1: 1, y2: size - 1 }));
  }
  if (mark !== null) picture.append(svg('line', { class: 'mark', x1: at(mark, scale), x2: at(mark, scale), y1: 0, y2: size }));
  if (number.value === null) return picture;
  const { lower, upper } = number.interval;
  const tall = size > 14 ? 12 : 6;
  picture.append(
    svg('rect', { class: 'bar', x: at(lower, scale), width: wide(lower, upper, scale), y: middle - tall / 2, height: tall, rx: 3 }),
    // A large picture of many answers has a narrow bar, which a dot would cover.
    size > 14
      ? svg('line', { class: 'tick', x1: at(number.value, scale), x2: at(number.value, scale), y1: 0, y2: size })
      : svg('circle', { class: 'dot', cx: at(number.value, scale), cy: middle, r: 4 }),
  );
  return picture;
}

// One scale for many: from the lowest end of their intervals to the highest, on round numbers within the metric's own.
export function scaleOf(numbers, metric) {
  const shown = numbers.filter((number) => number && number.value !== null && number.quality !== 'insufficient');
  const all = shown.length ? shown : numbers.filter((number) => number && number.value !== null);
  const step = metric.high - metric.low > 20 ? 10 : 1;
  if (!all.length) return { low: metric.low, high: metric.high };
  const low = Math.floor(Math.min(...all.map((number) => number.interval.lower)) / step) * step;
  const high = Math.ceil(Math.max(...all.map((number) => number.interval.upper)) / step) * step;
  return { low: Math.max(metric.low, low), high: Math.min(metric.high, Math.max(high, low + step)) };
}

// The bands of an NPS, low to high; other scales shade from one end to the other.
const npsBand = (index) => (index <= 6 ? 'low' : index <= 8 ? 'middle' : 'high');

function toneOf(key, index, size) {
  if (key === 'nps') return `tone ${npsBand(index)} step-${index}`;
  const share = size > 1 ? index / (size - 1) : 1;
  return `tone shade-${Math.round(share * 4)}`;
}

// How many gave each score, as one stacked bar from the lowest on the left.
export function distribution(key, counts, first) {
  const all = counts.reduce((sum, n) => sum + n, 0);
  const words = counts.map((n, i) => `${i + first}: ${percent(n, all)}`).join(', ');
  const picture = svg('svg', { class: 'distribution', height: 18, role: 'img', 'aria-label': `Scores: ${words}` });
  let left = 0;
  counts.forEach((n, index) => {
    if (n === 0) return;
    const width = (100 * n) / all;
    picture.append(
      svg(
        'rect',
        { class: toneOf(key, index, counts.length), x: `${left}%`, width: `${width}%`, y: 0, height: 18 },
        svg('title', {}, `${index + first}: ${whole(n)} (${percent(n, all)})`),
      ),
    );
    left += width;
  });
  return picture;
}
