// SPDX-License-Identifier: MIT
// What runs first: the numbers are asked for before the rest of the page is even looked at, so that they are there when it is.
import { takeKeys } from './keys.js';
import { askAhead } from './live.js';
import { readAddress, streamPairs } from './state.js';

export const firstKey = takeKeys();
export const firstState = readAddress(location.search);
if (firstKey) askAhead(firstKey, streamPairs(firstState));
