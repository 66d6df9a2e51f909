// SPDX-License-Identifier: MIT
// The key: typed once, or handed over in the fragment of the address and taken out of it at once. It is kept for this tab alone.

const KEY = 'hark-key';
const WRITE = 'hark-write-key';

export const looksLikeKey = (text) => /^hk_(live|test)_[A-Za-z0-9]{20,}$/.test(text);

export function takeKeys() {
  const handed = new URLSearchParams(location.hash.slice(1));
  const [key, write] = [handed.get('key'), handed.get('write')];
  if (key || write) {
    if (key) keepKey(key.trim());
    if (write) sessionStorage.setItem(WRITE, write.trim());
    history.replaceState(null, '', location.pathname + location.search);
  }
  return sessionStorage.getItem(KEY);
}

export const keepKey = (key) => sessionStorage.setItem(KEY, key);
export const writeKey = () => sessionStorage.getItem(WRITE);

export function forgetKeys() {
  sessionStorage.removeItem(KEY);
  sessionStorage.removeItem(WRITE);
}
