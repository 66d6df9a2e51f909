// SPDX-License-Identifier: MIT
// Over time: a line with its interval as a band. Pieces of time follow the zoom, alarms are marked. dygraphs draws; what it is
// given, and what is said beside it, comes from here.
import { byId, h, show, switcher } from './dom.js';
import { scaleOf } from './pictures.js';
import { chartPairs, filterPairs, smallestZoom, zoomOf } from './state.js';
import { metricOf, moment, plural, score } from './words.js';

const HEIGHT = 300;
const FORMATS = {
  hour: { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' },
  day: { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' },
  week: { day: 'numeric', month: 'short', year: 'numeric' },
  month: { month: 'long', year: 'numeric' },
};
const SIGNALS = { above: 'above its limits', below: 'below its limits', run_above: 'long above its centre', run_below: 'long below its centre' };
let graph = null;

// The numbers do not wait for it. Its legend would set inline styles, which the Content-Security-Policy forbids; ours stands
// above the chart.
let library = null;
let failures = 0;
function load() {
  if (!library) {
    // A browser may remember that a module could not be had: another address is asked for anew.
    library = import(failures ? `./dygraph.js#again=${failures}` : './dygraph.js').then(() => {
      const { Dygraph } = window;
      Dygraph.PLUGINS = Dygraph.PLUGINS.filter((plugin) => plugin !== Dygraph.Plugins.Legend);
    });
    library.catch(() => {
      library = null;
      failures++;
    });
  }
  return library;
}

export const trendPairs = (state) => [['metric', state.metric], ['control', 'true'], ...chartPairs(state), ...filterPairs(state)];

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const names = { hour: 'hour', day: 'day', week: 'week', month: 'month' };

function told(point, reply, metric, key) {
  const number = point[key];
  const when = moment(point.from, reply.tz, FORMATS[reply.interval]);
  const prefix = reply.interval === 'week' ? `Week from ${when}` : when;
  if (number.hidden) return [prefix, 'too few answers to show'];
  if (number.value === null) return [prefix, 'no answers'];
  const alarm = number.control?.alarm ? [`alarm: ${SIGNALS[number.control.signal] ?? 'out of its limits'}`] : [];
  return [prefix, `${metric.name} ${score(number.value, metric, 1)}`, `${score(number.interval.lower, metric, 1)} to ${score(number.interval.upper, metric, 1)}`, plural(number.n, 'answer', 'answers'), ...alarm];
}

function rowsOf(points, key) {
  return points.map((point) => {
    const { value, interval } = point[key];
    return [new Date(point.from), value === null ? [null, null, null] : [interval.lower, value, interval.upper]];
  });
}

// Alarms are larger and red. A point without neighbours has no band: it gets its interval as a bar.
function drawPoint(points, key) {
  const isEmpty = (index) => (points[index]?.[key].value ?? null) === null;
  return (chart, name, context, x, y, shade, size, index) => {
    const number = points[index]?.[key];
    const isAlarm = number?.control?.alarm;
    if (number && isEmpty(index - 1) && isEmpty(index + 1)) {
      const [top, bottom] = [number.interval.upper, number.interval.lower].map((value) => chart.toDomYCoord(value));
      context.fillStyle = colour('--accent-soft');
      context.fillRect(x - 4, top, 8, bottom - top);
    }
    context.fillStyle = isAlarm ? colour('--low') : shade;
    context.beginPath();
    context.arc(x, y, isAlarm ? 6 : size, 0, 2 * Math.PI);
    context.fill();
  };
}

// All of the band, and a little air; never past what the metric can be.
function rangeOf(points, key, metric) {
  const { low, high } = scaleOf(points.map((point) => ({ ...point[key], quality: 'ok' })), metric);
  const air = (high - low) * 0.05;
  return [low - air, high + air];
}

function axisLabel(reply) {
  return (date) => {
    const time = moment(date, reply.tz, { hour: '2-digit', minute: '2-digit' });
    if (reply.interval === 'hour' && time !== '00:00') return time;
    return moment(date, reply.tz, reply.interval === 'month' ? { month: 'short', year: '2-digit' } : { day: 'numeric', month: 'short' });
  };
}

function optionsOf(reply, points, key, metric, say, zoomed) {
  return {
    labels: ['time', metric.name],
    customBars: true,
    connectSeparatedPoints: false,
    height: HEIGHT,
    colors: [colour('--accent')],
    fillAlpha: 0.16,
    strokeWidth: 2,
    drawPoints: true,
    pointSize: points.length > 60 ? 0 : 2.5,
    highlightCircleSize: 5,
    drawPointCallback: drawPoint(points, key),
    legend: 'never',
    gridLineColor: colour('--rule'),
    axisLineColor: colour('--rule'),
    axisLabelFontSize: 12,
    rightGap: 12,
    animatedZooms: false,
    axes: {
      x: { axisLabelFormatter: axisLabel(reply), drawGrid: false, axisLabelWidth: 64 },
      y: { axisLabelFormatter: (value) => score(value, metric, metric.high - metric.low <= 20 ? 1 : 0), axisLabelWidth: 40 },
    },
    valueRange: rangeOf(points, key, metric),
    highlightCallback: (event, x, hovered, row) => say(row),
    unhighlightCallback: () => say(null),
    zoomCallback: (from, to) => zoomed(from, to),
  };
}

// Every alarm as text too: a point that is drawn in red tells nothing to those who don't see it.
function alarmList(points, reply, key, metric) {
  const alarms = points.filter((point) => point[key].control?.alarm);
  if (!alarms.length) return null;
  return h(
    'ul',
    { class: 'alarms' },
    alarms.slice(-5).map((point) => h('li', {}, told(point, reply, metric, key).join(' · '))),
  );
}

async function draw(place, reply, points, state, metric, say, zoomed) {
  graph?.destroy();
  graph = null;
  const key = state.metric;
  if (!points.some((point) => point[key].value !== null)) {
    show(place, h('p', { class: 'say' }, 'No answers in this time.'));
    return;
  }
  try {
    await load();
  } catch {
    return; // the service is away: with the next numbers it is tried again, and the table below has these
  }
  if (!place.isConnected) return; // overtaken meanwhile
  graph?.destroy();
  graph = new window.Dygraph(place, rowsOf(points, key), optionsOf(reply, points, key, metric, say, zoomed));
}

function header(state, change, metricNames, reply) {
  return h(
    'header',
    {},
    h('h2', { id: 'trend-title' }, 'Over time', h('small', {}, `by ${names[reply.interval] ?? reply.interval}`)),
    h(
      'div',
      { class: 'controls' },
      switcher('Metric over time', 'trend-metric', metricNames, state.metric, (metric) => change({ metric })),
      h('button', { type: 'button', class: 'quiet', id: 'closer', onclick: () => step(state, reply, change, 0.5) }, 'Closer'),
      h('button', { type: 'button', class: 'quiet', id: 'whole', disabled: !state.zoom, onclick: () => change({ zoom: '' }) }, 'All of the time'),
    ),
  );
}

// The later part of what is shown: for those who can't drag.
function step(state, reply, change, part) {
  const to = Date.parse(reply.to);
  const length = (to - Date.parse(reply.from)) * part;
  if (length >= smallestZoom) change({ zoom: zoomOf(to - length, to) });
}

export function showTrend(element, reply, state, change, metricNames) {
  const key = state.metric;
  const points = reply.groups[0]?.series ?? [];
  const metric = metricOf(key, reply.total[key]);
  const focus = document.activeElement?.id;
  const place = h('div', { class: 'chart', role: 'img', 'aria-label': `${metric.name} over time, with its interval. The numbers: the table below.` });
  const saying = h('p', { class: 'hover' }, hint(points));
  const say = (row) => show(saying, row === null ? hint(points) : told(points[row], reply, metric, key).map((text, i) => h(i ? 'span' : 'b', {}, text)));
  const zoomed = (from, to) => {
    const wanted = Math.max(to - from, smallestZoom);
    const middle = (from + to) / 2;
    change({ zoom: zoomOf(middle - wanted / 2, middle + wanted / 2) });
  };
  show(element, header(state, change, metricNames, reply), saying, place, alarmList(points, reply, key, metric), numbers(points, reply, metric, key));
  draw(place, reply, points, state, metric, say, zoomed);
  if (focus && byId(focus) && element.contains(byId(focus))) byId(focus).focus();
}

const hint = (points) => (points.length ? 'Point at the line for its numbers; drag across it to look closer.' : '');

// The chart as a table.
function numbers(points, reply, metric, key) {
  if (!points.length) return null;
  return h(
    'details',
    {},
    h('summary', {}, 'The numbers'),
    h(
      'div',
      { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Numbers over time' },
      h(
        'table',
        { class: 'list' },
        h('thead', {}, h('tr', {}, ['From', metric.name, 'Interval', 'Answers', 'Alarm'].map((text, i) => h('th', { scope: 'col', class: i > 0 && i < 4 ? 'number' : null }, text)))),
        h(
          'tbody',
          {},
          [...points].reverse().map((point) => {
            const number = point[key];
            const range = number.value === null ? '–' : `${score(number.interval.lower, metric, 1)} to ${score(number.interval.upper, metric, 1)}`;
            return h(
              'tr',
              {},
              h('td', {}, moment(point.from, reply.tz, FORMATS[reply.interval])),
              h('td', { class: 'number' }, score(number.value, metric, 1)),
              h('td', { class: 'number' }, range),
              h('td', { class: 'number' }, number.n),
              h('td', {}, number.control?.alarm ? SIGNALS[number.control.signal] : ''),
            );
          }),
        ),
      ),
    ),
  );
}

matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => window.dispatchEvent(new Event('hark-redraw')));
