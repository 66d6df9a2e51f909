// SPDX-License-Identifier: MIT
// By any two dimensions: a grid and a table. All intervals are drawn to one scale, with the total as a line, so that the eye sees
// which differences count. A click filters.
import { choice, h, show, switcher } from './dom.js';
import { interval, intervalText, scaleOf } from './pictures.js';
import { DIMENSIONS, comparePairs, filterPairs, windowPairs } from './state.js';
import { country, label, metricOf, score, signed, whole } from './words.js';

const ROWS_MAX = 60;
const COLUMNS_MAX = 24;
let showsAll = false;

// A region brings its country along, which stands above it.
export function groupPairs(state) {
  const by = [...state.by];
  if (by.includes('region') && !by.includes('country')) by.unshift('country');
  return [['metric', state.metric], ['group_by', by.join(',')], ['order', '-n'], ...comparePairs(state), ...windowPairs(state), ...filterPairs(state)];
}

const valueOf = (group, dimension) => group[dimension] ?? null;
const axisKey = (group, dimension) => JSON.stringify([dimension === 'region' ? valueOf(group, 'country') : '', valueOf(group, dimension)]);

// The distinct values of one dimension; regions by country, each with the most answers first.
function axis(groups, dimension, metric) {
  const found = new Map();
  for (const group of groups) {
    const key = axisKey(group, dimension);
    const entry = found.get(key) ?? { key, value: valueOf(group, dimension), country: valueOf(group, 'country'), n: 0 };
    entry.n += group[metric].n;
    found.set(key, entry);
  }
  const list = [...found.values()].sort((a, b) => b.n - a.n);
  if (dimension !== 'region') return list;
  const ofCountry = new Map();
  for (const entry of list) ofCountry.set(entry.country, (ofCountry.get(entry.country) ?? 0) + entry.n);
  return list.sort((a, b) => ofCountry.get(b.country) - ofCountry.get(a.country) || String(a.country).localeCompare(String(b.country)) || b.n - a.n);
}

// Clear of the total's line: the interval does not hold it.
function standing(number, total) {
  if (number.value === null || total.value === null || number.quality === 'insufficient') return '';
  if (number.interval.lower > total.value) return 'above';
  return number.interval.upper < total.value ? 'below' : '';
}

const filterButton = (text, hint, act) => h('button', { type: 'button', class: 'name', title: hint, onclick: act }, text);

function only(state, change, dimension, value) {
  return () => change({ filters: { ...state.filters, [dimension]: [value ?? ''] } });
}

function nameOf(state, change, dimension, value) {
  const text = label(dimension, value);
  return filterButton(text, `Show only ${dimension} ${text}`, only(state, change, dimension, value));
}

/* --- grid --- */

function cell(number, metric, scale, total, act, hint) {
  if (!number || number.n === 0) return h('td', { class: 'empty' }, h('span', { 'aria-label': 'no answers' }, '·'));
  if (number.hidden) return h('td', { class: 'empty' }, h('span', { title: 'Too few answers for this project to publish' }, `${whole(number.n)} hidden`));
  return h(
    'td',
    { class: `cell ${standing(number, total)} ${number.quality}` },
    h(
      'button',
      { type: 'button', onclick: act, title: `${hint}: ${intervalText(number, metric)}, ${whole(number.n)} answers` },
      h('b', {}, score(number.value, metric), h('i', {}, metric.unit)),
      h('small', {}, whole(number.n)),
      interval(number, metric, scale, { mark: total.value }),
    ),
  );
}

function countryHeads(columns, state, change) {
  const heads = [];
  for (const column of columns) {
    const last = heads.at(-1);
    if (last && last.country === column.country) last.span++;
    else heads.push({ country: column.country, span: 1 });
  }
  return h(
    'tr',
    { class: 'countries' },
    h('td', {}),
    heads.map((head) =>
      h('th', { colspan: head.span, scope: 'colgroup' }, filterButton(country(head.country), `Show only ${country(head.country)}`, only(state, change, 'country', head.country))),
    ),
  );
}

function rowsOf(rows, columns, byCell, context) {
  const { state, change, metric, scale, total } = context;
  const [first, second] = state.by;
  const lines = [];
  let above = {};
  for (const row of rows) {
    if (first === 'region' && row.country !== above.country) {
      lines.push(
        h('tr', { class: 'country' }, h('th', { colspan: columns.length + 1, scope: 'rowgroup' }, nameOf(state, change, 'country', row.country))),
      );
      above = row;
    }
    lines.push(
      h(
        'tr',
        {},
        h('th', { scope: 'row' }, nameOf(state, change, first, row.value)),
        columns.map((column) => {
          const number = byCell.get(row.key + column.key);
          const filters = { ...state.filters, [first]: [row.value ?? ''], [second]: [column.value ?? ''] };
          const hint = `${label(first, row.value)}, ${label(second, column.value)}`;
          return cell(number, metric, scale, total, () => change({ filters }), hint);
        }),
      ),
    );
  }
  return lines;
}

function grid(reply, context) {
  const { state, change } = context;
  const [first, second] = state.by;
  const rows = axis(reply.groups, first, state.metric).slice(0, ROWS_MAX);
  const columns = axis(reply.groups, second, state.metric).slice(0, COLUMNS_MAX);
  const byCell = new Map(reply.groups.map((group) => [axisKey(group, first) + axisKey(group, second), group[state.metric]]));
  return h(
    'div',
    { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': `${context.metric.name} by ${first} and ${second}` },
    h(
      'table',
      { class: 'grid' },
      h(
        'thead',
        {},
        second === 'region' ? countryHeads(columns, state, change) : null,
        h('tr', {}, h('td', {}), columns.map((column) => h('th', { scope: 'col' }, nameOf(state, change, second, column.value)))),
      ),
      h('tbody', {}, rowsOf(rows, columns, byCell, context)),
    ),
  );
}

/* --- table --- */

const byText = (a, b) => (a === null) - (b === null) || String(a).localeCompare(String(b), 'en');
const byNumber = (a, b) => (a === null) - (b === null) || a - b;

function sorters(dimensions, metric) {
  const list = dimensions.map((dimension) => [dimension, (a, b) => byText(valueOf(a, dimension), valueOf(b, dimension))]);
  list.push(['n', (a, b) => a[metric].n - b[metric].n]);
  list.push(['value', (a, b) => byNumber(a[metric].value, b[metric].value)]);
  list.push(['change', (a, b) => byNumber(a[metric].compare?.delta ?? null, b[metric].compare?.delta ?? null)]);
  return new Map(list);
}

function sorted(groups, sort, compare) {
  const down = sort.startsWith('-');
  return [...groups].sort((a, b) => (down ? compare(b, a) : compare(a, b)));
}

function head(name, text, sort, act) {
  const down = sort === `-${name}`;
  const up = sort === name;
  return h(
    'th',
    { scope: 'col', class: ['n', 'value', 'change'].includes(name) ? 'number' : null, 'aria-sort': down ? 'descending' : up ? 'ascending' : 'none' },
    h('button', { type: 'button', class: 'sort', 'data-sort': name, onclick: () => act(name, down ? name : `-${name}`) }, text, h('i', { 'aria-hidden': 'true' }, down ? '↓' : up ? '↑' : '')),
  );
}

function changeCell(number) {
  const change = number.compare;
  if (!change || change.delta === null) return h('td', { class: 'number faint' }, '–');
  const tone = change.significant ? (change.delta > 0 ? 'up' : 'down') : 'faint';
  const words = change.significant ? 'a real change' : 'may be chance';
  return h('td', { class: `number ${tone}`, title: words }, signed(change.delta), h('span', { class: 'hidden' }, `, ${words}`));
}

function line(group, dimensions, context) {
  const { state, change, metric, scale, total } = context;
  const number = group[state.metric];
  return h(
    'tr',
    { class: `${standing(number, total)} ${number.quality}` },
    dimensions.map((dimension) => h('td', {}, nameOf(state, change, dimension, valueOf(group, dimension)))),
    h('td', { class: 'number' }, whole(number.n)),
    h('td', { class: 'number' }, h('b', {}, number.hidden ? 'hidden' : score(number.value, metric))),
    h('td', { class: 'picture' }, interval(number, metric, scale, { mark: total.value })),
    changeCell(number),
  );
}

function table(reply, context) {
  const { state, metric, scale } = context;
  const place = h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': `${metric.name} by ${reply.group_by.join(' and ')}` });
  const compare = sorters(reply.group_by, state.metric);
  let sort = compare.has(state.sort.replace('-', '')) ? state.sort : '-n';
  const choose = (name, chosen) => {
    sort = chosen;
    context.change({ sort }, { quietly: true });
    redraw();
    place.querySelector(`[data-sort="${name}"]`)?.focus();
  };
  const redraw = () => {
    const rows = sorted(reply.groups, sort, compare.get(sort.replace('-', '')));
    const shown = showsAll ? rows : rows.slice(0, ROWS_MAX);
    show(
      place,
      h(
        'table',
        { class: 'list' },
        h(
          'thead',
          {},
          h(
            'tr',
            {},
            reply.group_by.map((dimension) => head(dimension, dimension, sort, choose)),
            head('n', 'answers', sort, choose),
            head('value', metric.name, sort, choose),
            h('th', { scope: 'col', class: 'picture' }, h('span', { class: 'ends' }, h('span', {}, score(scale.low, metric)), h('span', {}, score(scale.high, metric)))),
            head('change', 'change', sort, choose),
          ),
        ),
        h('tbody', {}, shown.map((group) => line(group, reply.group_by, context))),
      ),
      rows.length > shown.length
        ? h('button', { type: 'button', class: 'quiet', onclick: () => ((showsAll = true), redraw()) }, `Show all ${whole(rows.length)} groups`)
        : null,
    );
  };
  redraw();
  return place;
}

/* --- both --- */

function controls(state, change, metricNames) {
  const options = [...new Set([...DIMENSIONS, ...state.by])].map((dimension) => [dimension, dimension]);
  const pick = (place) => (dimension) => {
    const by = [...state.by];
    if (by[1 - place] === dimension) by[1 - place] = by[place];
    by[place] = dimension;
    change({ by });
  };
  return h(
    'div',
    { class: 'controls' },
    switcher('Metric of the groups', 'groups-metric', metricNames, state.metric, (metric) => change({ metric })),
    h('span', { class: 'pair' }, choice('Rows', options, state.by[0], pick(0)), ' by ', choice('Columns', options, state.by[1], pick(1))),
    switcher('Shown as', 'groups-view', [['grid', 'Grid'], ['table', 'Table']], state.view, (view) => change({ view })),
  );
}

export function showGroups(element, reply, state, change, metricNames) {
  const metric = metricOf(state.metric, reply.total[state.metric]);
  const total = reply.total[state.metric];
  const scale = scaleOf(reply.groups.map((group) => group[state.metric]), metric);
  const context = { state, change, metric, scale, total };
  const [first, second] = state.by;
  show(
    element,
    h('header', {}, h('h2', { id: 'groups-title' }, `By ${first} and ${second}`), controls(state, change, metricNames)),
    reply.groups.length === 0
      ? h('p', { class: 'say' }, 'No answers in this time.')
      : [
          state.view === 'table' ? table(reply, context) : grid(reply, context),
          h(
            'p',
            { class: 'say' },
            `Bars are 95 % intervals, all from ${score(scale.low, metric)} to ${score(scale.high, metric)}; the line is the total, ${score(total.value, metric)}. `,
            'A bar clear of the line is a difference worth a look; one across it may be chance.',
            reply.truncated ? ` The ${whole(reply.groups.length)} groups with the most answers, of ${whole(reply.groups_total)}.` : '',
          ),
        ],
  );
}
