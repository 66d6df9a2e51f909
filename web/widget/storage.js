// SPDX-License-Identifier: MIT
// What must outlive the page. A browser that allows no storage gets memory: then it lives as long as the page.

const memory = new Map();

function area() {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}

export function readItem(name) {
  try {
    return JSON.parse(memory.get(name) ?? area()?.getItem(name) ?? 'null');
  } catch {
    return null;
  }
}

export function writeItem(name, value) {
  const text = JSON.stringify(value);
  try {
    area().setItem(name, text);
    memory.delete(name);
  } catch {
    memory.set(name, text);
  }
}

export function removeItem(name) {
  memory.delete(name);
  try {
    area()?.removeItem(name);
  } catch {
    // Nothing is there, then.
  }
}

export function namesWith(prefix) {
  let stored = [];
  try {
    stored = Object.keys(area() ?? {});
  } catch {
    // As above.
  }
  return [...stored, ...memory.keys()].filter((name) => name.startsWith(prefix));
}
