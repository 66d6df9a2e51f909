// SPDX-License-Identifier: MIT
// GET /v1/metrics/stream, read with fetch because EventSource can send no key. Comes back by itself, waiting longer each time; where
// streams are not to be had it asks GET /v1/metrics now and then.
import { address, get, problemOf } from './api.js';

const SILENCE_MS = 10_000; // the server says something every four seconds
const POLL_MS = 5_000;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;
const STREAMS_AGAIN_MS = 60_000;

const later = (ms, signal) =>
  new Promise((done) => {
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', () => (clearTimeout(timer), done()), { once: true });
  });

// Fields of the events in a text that ends with a blank line.
function parse(block) {
  const event = { name: 'message', data: [] };
  for (const line of block.split('\n')) {
    const [, field, value] = line.match(/^(\w+): ?(.*)$/s) ?? [];
    if (field === 'event') event.name = value;
    else if (field === 'data') event.data.push(value);
  }
  return { name: event.name, data: event.data.join('\n') };
}

async function* eventsOf(body, heard) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    heard();
    text += value;
    const blocks = text.split('\n\n');
    text = blocks.pop();
    for (const block of blocks.map(parse)) if (block.data) yield block;
  }
}

// A stream that is asked for, and what gives it up.
function open(key, pairs) {
  const url = address('/v1/metrics/stream', pairs);
  const silence = new AbortController();
  const headers = { Authorization: `Bearer ${key}`, Accept: 'text/event-stream' };
  performance.mark('hark-asked');
  const reply = fetch(url, { headers, signal: silence.signal, cache: 'no-store', credentials: 'omit' });
  return { key, url, silence, reply };
}

// The first one, asked for before anybody follows it.
let ahead = null;
export function askAhead(key, pairs) {
  ahead = open(key, pairs);
  ahead.reply.catch(() => {}); // told to who follows
}

function opened(key, pairs) {
  const early = ahead;
  ahead = null;
  if (early?.key === key && early.url === address('/v1/metrics/stream', pairs)) return early;
  early?.silence.abort();
  return open(key, pairs);
}

// Follows until it is stopped. told(body), state('live' | 'waiting' | 'polling'), failed(problem): what only people can mend.
export function follow(key, pairs, { told, state, failed }) {
  const stop = new AbortController();
  run(key, pairs, stop.signal, { told, state, failed });
  return () => stop.abort();
}

async function listen(key, pairs, signal, { told, state, failed }) {
  const { silence, reply: asked } = opened(key, pairs);
  let timer;
  const heard = () => {
    clearTimeout(timer);
    timer = setTimeout(() => silence.abort(), SILENCE_MS);
  };
  const end = () => silence.abort();
  signal.addEventListener('abort', end, { once: true });
  heard();
  try {
    const reply = await asked;
    if (!reply.ok) throw await problemOf(reply);
    state('live');
    for await (const event of eventsOf(reply.body, heard)) {
      if (event.name === 'metrics') told(JSON.parse(event.data));
      else if (event.name === 'problem') return failed(JSON.parse(event.data)), 'failed';
      else if (event.name === 'end') break;
    }
    return 'ended';
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
  }
}

// Only what a person can mend ends it.
const isFinal = (problem) => problem.status >= 400 && problem.status < 500 && problem.status !== 429 && problem.status !== 408;

async function poll(key, pairs, signal, { told, state, failed }) {
  state('polling');
  for (const until = Date.now() + STREAMS_AGAIN_MS; Date.now() < until && !signal.aborted; ) {
    try {
      told(await get(key, '/v1/metrics', pairs, signal));
    } catch (problem) {
      if (signal.aborted) return 'aborted';
      if (isFinal(problem)) return failed(problem), 'failed';
      return 'ended';
    }
    await later(POLL_MS, signal);
  }
  return 'ended';
}

async function run(key, pairs, signal, hooks) {
  let wait = FIRST_WAIT_MS;
  while (!signal.aborted) {
    let outcome = 'ended';
    try {
      const told = (body) => {
        wait = FIRST_WAIT_MS;
        if (!signal.aborted) hooks.told(body);
      };
      outcome = await listen(key, pairs, signal, { ...hooks, told });
    } catch (problem) {
      if (signal.aborted) return;
      if (problem.status && isFinal(problem)) return hooks.failed(problem);
      // Streams are all in use: numbers may be had all the same.
      if (problem.status === 503) outcome = await poll(key, pairs, signal, hooks);
    }
    if (outcome === 'failed' || signal.aborted) return;
    hooks.state('waiting');
    await later(wait * (0.5 + Math.random()), signal);
    wait = Math.min(2 * wait, LONGEST_WAIT_MS);
  }
}
