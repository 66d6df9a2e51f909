// SPDX-License-Identifier: MIT
// The API, with the key. A reply that is not one of success becomes a Problem, whose words are for people.

export class Problem extends Error {
  constructor(status, body) {
    super(body?.detail ?? 'The service can’t be reached.');
    this.status = status;
    this.errors = body?.errors ?? [];
    this.type = body?.type ?? '';
    this.request = body?.request_id;
  }
}

const etags = new Map();
const ETAGS_MAX = 50;

export const address = (path, pairs) => {
  const query = new URLSearchParams(pairs).toString();
  return query ? `${path}?${query}` : path;
};

export async function problemOf(reply) {
  let body = null;
  try {
    body = await reply.json();
  } catch {
    // A proxy's page, or nothing at all: the status has to do.
  }
  return new Problem(reply.status, body);
}

async function ask(url, key, signal) {
  const known = etags.get(url);
  const headers = { Authorization: `Bearer ${key}` };
  if (known) headers['If-None-Match'] = known.etag;
  try {
    return await fetch(url, { headers, signal, cache: 'no-store', credentials: 'omit' });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Problem(0, null);
  }
}

// Resolves to the parsed body; what is still the same costs a 304.
export async function get(key, path, pairs, signal) {
  const url = address(path, pairs);
  const reply = await ask(url, key, signal);
  if (reply.status === 304) return etags.get(url).body;
  if (!reply.ok) throw await problemOf(reply);
  const body = await reply.json();
  const etag = reply.headers.get('ETag');
  if (etag) {
    if (etags.size >= ETAGS_MAX) etags.delete(etags.keys().next().value);
    etags.set(url, { etag, body });
  }
  return body;
}

export const forgetReplies = () => etags.clear();

// The latest answer wins: a request that is overtaken is given up.
export function latest() {
  let controller = null;
  return () => {
    controller?.abort();
    controller = new AbortController();
    return controller.signal;
  };
}
