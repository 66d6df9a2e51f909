// SPDX-License-Identifier: MIT
// The page: what its address says, asked of the API, and kept up to date.
import { firstKey, firstState } from './early.js';
import { forgetReplies, get, latest } from './api.js';
import { showCards } from './cards.js';
import { comments } from './comments.js';
import { afterPaint, byId, show, h, throttle } from './dom.js';
import { showFilters } from './filters.js';
import { showGate, showMixed, showNothingFound, showNotice, showTeaching } from './gate.js';
import { groupPairs, showGroups } from './groups.js';
import { forgetKeys, takeKeys } from './keys.js';
import { follow } from './live.js';
import { DIMENSIONS, readAddress, streamPairs, untilMove, writeAddress } from './state.js';
import { showTrend, trendPairs } from './trend.js';
import { metricOf, moment } from './words.js';

const FIRST_MS = 250;
const LATER_MS = 2000; // what is not streamed follows at most this often
let key = firstKey;
let state = firstState;
let numbers = null; // the latest reply of the stream
let trend = null;
let groups = null;
let stop = () => {};
let moving = null;
let waitsForNumbers = null;
let mixed = []; // metrics whose answers are on several scales, as far as the filters go: no number can be made of them
const trendSignal = latest();
const groupsSignal = latest();

/* --- the address --- */

function change(part, { quietly = false } = {}) {
  state = { ...state, ...part };
  const address = writeAddress(state);
  if (quietly) history.replaceState(null, '', address);
  else history.pushState(null, '', address);
  if (part.filters) mixed = [];
  if (quietly) return;
  if (isOfTrend(part)) loadTrend();
  else if (isOfGroups(part)) isShownOnly(part) ? drawGroups() : loadGroups();
  else refresh();
}

const has = (part, ...names) => Object.keys(part).every((name) => names.includes(name));
const isOfTrend = (part) => has(part, 'zoom');
const isOfGroups = (part) => has(part, 'by', 'view', 'sort');
const isShownOnly = (part) => has(part, 'view', 'sort');

window.addEventListener('popstate', () => {
  state = readAddress(location.search);
  mixed = [];
  if (key) refresh();
});

/* --- drawing --- */

// What the address says, without what can't be answered.
function asked() {
  const metrics = state.metrics.filter((name) => !mixed.includes(name));
  return { ...state, metrics, metric: metrics.includes(state.metric) ? state.metric : metrics[0] };
}

const metricNames = () => asked().metrics.map((name) => [name, metricOf(name, numbers?.total[name]).name]);

function drawCards(before) {
  showCards(byId('cards'), numbers, asked(), before);
  showMixed(byId('mixed'), mixed);
  const isEmpty = Object.values(numbers.total).every((number) => number.n === 0);
  for (const id of ['trend', 'groups', 'comments']) byId(id).hidden = isEmpty;
  if (!isEmpty) show(byId('teach'));
  else explainEmptiness();
}

function drawFoot() {
  show(
    byId('foot'),
    h('p', {}, `From ${moment(numbers.from)} to ${moment(numbers.to)}, as of ${moment(numbers.as_of, undefined, { timeStyle: 'medium' })}. Intervals are at 95 %.`),
    h('p', {}, h('a', { href: '/openapi.yaml' }, 'The API'), ' has these numbers, and more, unrounded.'),
  );
}

// Nothing at all yet, or nothing of what is asked for?
async function explainEmptiness() {
  if (Object.keys(state.filters).length === 0) {
    try {
      const ever = await get(key, '/v1/metrics', [['metric', asked().metrics[0]], ['from', '2000-01-01T00:00:00Z']]);
      if (Object.values(numbers.total).some((number) => number.n > 0)) return;
      if (ever.total[asked().metrics[0]].n === 0) return showTeaching(byId('teach'));
    } catch {
      // The question was only what to advise.
    }
  }
  showNothingFound(byId('teach'), state, change);
}

const drawGroups = () => groups && showGroups(byId('groups'), groups, asked(), change, metricNames());
const drawTrend = () => trend && showTrend(byId('trend'), trend, asked(), change, metricNames());
window.addEventListener('hark-redraw', drawTrend);

const sayings = comments(byId('comments'), { state: () => state, change, key: () => key });

/* --- asking --- */

async function load(path, pairs, signal, use) {
  try {
    const reply = await get(key, path, pairs, signal);
    if (signal.aborted) return;
    showNotice(byId('notice'), null);
    use(reply);
  } catch (problem) {
    if (!signal.aborted) failed(problem);
  }
}

const loadTrend = () => load('/v1/metrics', trendPairs(asked()), trendSignal(), (reply) => ((trend = reply), drawTrend()));
const loadGroups = () => load('/v1/metrics', groupPairs(asked()), groupsSignal(), (reply) => ((groups = reply), drawGroups()));

// Somebody at a control is not disturbed: what is under the pointer or the keyboard stays as it is a little longer.
const isBusy = (id) => byId(id).contains(document.activeElement) && document.activeElement.matches('select, input');
const loadLater = throttle(() => {
  if (!isBusy('trend')) loadTrend();
  if (!isBusy('groups')) loadGroups();
  sayings.refresh();
}, LATER_MS);

function told(reply) {
  const before = numbers;
  performance.mark('hark-told');
  numbers = reply;
  showNotice(byId('notice'), null);
  drawCards(before);
  performance.mark('hark-drawn');
  afterPaint(() => {
    if (numbers) drawFoot();
    if (waitsForNumbers) loadRest();
    else if (before) loadLater();
  });
}

function failed(problem) {
  if (problem.status === 401 || problem.status === 403) {
    leave(problem);
    return;
  }
  if (problem.status === 422 && (dropUnknownFilters(problem) || leaveOutMixed(problem))) return;
  showNotice(byId('notice'), problem, refresh);
}

// An address may name what this project does not have: the rest of it still counts.
function dropUnknownFilters(problem) {
  const unknown = problem.errors.map((fault) => fault.parameter).filter((name) => name in state.filters && !DIMENSIONS.includes(name));
  if (!unknown.length) return false;
  const filters = Object.fromEntries(Object.entries(state.filters).filter(([name]) => !unknown.includes(name)));
  change({ filters });
  return true;
}

// Answers on different scales are never one number. The other metrics are shown, and how to see this one is said.
function leaveOutMixed(problem) {
  const names = asked().metrics.filter((name) => problem.type.endsWith('/mixed-definitions') && problem.errors.some((fault) => fault.detail.startsWith(`'${name}' `)));
  if (!names.length || names.length === asked().metrics.length) return false;
  mixed = [...mixed, ...names];
  refresh();
  return true;
}

const LIVE = { live: 'Live', waiting: 'Reconnecting …', polling: 'Every five seconds' };

function tellState(name) {
  byId('live').className = `live ${name}`;
  show(byId('live'), h('i', { 'aria-hidden': 'true' }), LIVE[name]);
  if (name === 'waiting' && numbers) byId('live').title = `The numbers are as of ${moment(numbers.as_of)}`;
}

function listen() {
  stop();
  stop = follow(key, streamPairs(asked()), { told, state: tellState, failed });
}

// The numbers at a glance come first; the rest does not wait for them for long.
function loadRest() {
  clearTimeout(waitsForNumbers);
  waitsForNumbers = null;
  loadTrend();
  loadGroups();
  sayings.update();
}

function refresh() {
  clearTimeout(moving);
  moving = setTimeout(refresh, untilMove());
  showFilters(byId('filters'), state, change, () => key);
  listen();
  clearTimeout(waitsForNumbers);
  waitsForNumbers = setTimeout(loadRest, FIRST_MS);
}

/* --- coming and going --- */

function enter(entered) {
  key = entered;
  byId('gate').hidden = true;
  byId('page').hidden = false;
  byId('forget').hidden = false;
  refresh();
  performance.mark('hark-ready');
}

function leave(problem) {
  stop();
  clearTimeout(moving);
  clearTimeout(waitsForNumbers);
  waitsForNumbers = null;
  forgetKeys();
  forgetReplies();
  key = numbers = trend = groups = null;
  mixed = [];
  for (const id of ['cards', 'trend', 'groups', 'teach', 'filters', 'foot', 'live', 'notice', 'mixed']) show(byId(id));
  byId('live').className = 'live';
  byId('page').hidden = true;
  byId('forget').hidden = true;
  byId('gate').hidden = false;
  showGate(byId('gate'), problem, enter);
}

byId('forget').addEventListener('click', () => leave(null));
// A link with a key that is opened in a tab that shows the page already.
window.addEventListener('hashchange', () => {
  if (!location.hash) return;
  const handed = takeKeys();
  if (handed && handed !== key) enter(handed);
});
if (key) enter(key);
else leave(null);
