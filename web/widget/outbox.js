// SPDX-License-Identifier: MIT
// What was said and is not acknowledged yet: kept in storage under its id, sent until the service has it, and sent again with
// the same id at the next visit. Twice is no harm: an id counts once. An item: {id, api, key, path, body, patch, acked, at}.
import { namesWith, readItem, removeItem, writeItem } from './storage.js';

const PREFIX = 'hark:out:';
const KEPT_MS = 30 * 86400e3;
const TRIES_MAX = 8;
const SLOWEST_MS = 60e3;
const RETRIED = new Set([0, 408, 425, 429, 500, 502, 503, 504]);

const states = new Map(); // by id: {busy, tries, timer}
const listeners = new Set();

export const onOutcome = (listener) => listeners.add(listener);
const tell = (outcome) => listeners.forEach((listener) => listener(outcome));

const load = (id) => readItem(PREFIX + id);
const save = (item) => writeItem(PREFIX + item.id, item);
const forget = (id) => removeItem(PREFIX + id);
const nowText = () => new Date().toISOString();

function stateOf(id) {
  if (!states.has(id)) states.set(id, { busy: false, tries: 0, timer: 0 });
  return states.get(id);
}

// keep: the key is wrong, which somebody can mend; drop: it will never be taken. docs/clients.md has the table.
function judge(status, isPatch) {
  if (status >= 200 && status < 300) return 'done';
  if (RETRIED.has(status)) return 'retry';
  return status === 401 || (status === 403 && !isPatch) ? 'keep' : 'drop';
}

async function call(item, method, path, body) {
  try {
    const reply = await fetch(item.api + path, {
      method,
      headers: { Authorization: `Bearer ${item.key}`, 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
      keepalive: true,
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
    });
    const problem = reply.ok ? null : await reply.json().catch(() => null);
    return { status: reply.status, after: Number(reply.headers.get('Retry-After')) || 0, problem };
  } catch {
    return { status: 0, after: 0, problem: null };
  }
}

// First what was said first, as it was said; then what was added to it.
async function attempt(item) {
  const isPatch = item.acked;
  const reply = isPatch
    ? await call(item, 'PATCH', `${item.path}/${item.id}`, item.patch)
    : await call(item, 'POST', item.path, { ...item.body, sent_at: nowText() });
  return { ...reply, isPatch, verdict: judge(reply.status, isPatch) };
}

// True: there is more to send. What was added while the request was under way is not sent yet.
function acknowledge(sent, isPatch) {
  const item = load(sent.id) ?? sent;
  item.acked = true;
  if (isPatch && JSON.stringify(item.patch) === JSON.stringify(sent.patch)) item.patch = null;
  if (item.patch) save(item);
  else forget(item.id);
  tell({ type: 'sent', id: item.id, path: item.path, isPatch });
  return item.patch !== null;
}

function waitFor(id, state, after) {
  if (++state.tries > TRIES_MAX) return;
  const pause = Math.min(1000 * 2 ** (state.tries - 1), SLOWEST_MS) * (0.5 + Math.random());
  state.timer = setTimeout(() => run(id), Math.max(pause, after * 1000));
}

function settle(item, reply, state) {
  if (reply.verdict === 'done') {
    state.tries = 0;
    return acknowledge(item, reply.isPatch);
  }
  if (reply.verdict === 'drop') forget(item.id);
  if (reply.verdict === 'keep') save({ ...load(item.id), refused: true });
  if (reply.verdict === 'retry') waitFor(item.id, state, reply.after);
  if (reply.status) tell({ type: reply.verdict, id: item.id, path: item.path, status: reply.status, problem: reply.problem });
  return false;
}

async function run(id) {
  const state = stateOf(id);
  if (state.busy) return;
  clearTimeout(state.timer);
  state.busy = true;
  for (let item = load(id); item; ) {
    const reply = await attempt(item);
    item = settle(item, reply, state) ? load(id) : null;
  }
  state.busy = false;
}

export function submit(item) {
  save({ patch: null, acked: false, at: Date.now(), ...item });
  run(item.id);
}

// Adds to what was submitted, whether it is still here or not.
export function amend(item, change) {
  const kept = load(item.id) ?? { at: Date.now(), ...item, acked: true, patch: null };
  const answers = { ...kept.patch?.answers, ...change.answers };
  kept.patch = { ...kept.patch, ...change, ...(Object.keys(answers).length && { answers }) };
  save(kept);
  run(item.id);
}

function mine(api) {
  return namesWith(PREFIX)
    .map(readItem)
    .filter((item) => item && item.api === api);
}

// The page has another key for the survey now: what was kept for a wrong one goes with it.
export function mend(api, key, survey) {
  for (const item of mine(api)) {
    if (item.refused && key && (item.body.survey ?? null) === survey) save({ ...item, key, refused: false });
  }
}

export function flush(api) {
  for (const item of mine(api)) {
    if (Date.now() - item.at > KEPT_MS) {
      forget(item.id);
      continue;
    }
    stateOf(item.id).tries = 0;
    run(item.id);
  }
}

// The page goes away. A beacon is sent all the same, and can set no header: the key stands in the query. Whether it arrived
// is not known, so all stays in storage. What only adds to the first answer is merged by the service; what changes it is not.
function lastWords(item) {
  const answers = item.body.answers ?? {};
  const changes = Object.entries(item.patch?.answers ?? {}).some(([name, score]) => name in answers && answers[name] !== score);
  const patch = changes ? {} : item.patch ?? {};
  const body = { ...item.body, ...patch, ...(item.body.answers && { answers: { ...answers, ...patch.answers } }) };
  if (!item.acked || !changes) {
    navigator.sendBeacon?.(`${item.api + item.path}?key=${item.key}`, JSON.stringify({ ...body, sent_at: nowText() }));
  }
  if (item.acked && changes) call(item, 'PATCH', `${item.path}/${item.id}`, item.patch);
}

export function sayLastWords(api) {
  mine(api)
    .filter((item) => !item.refused)
    .forEach(lastWords);
}
