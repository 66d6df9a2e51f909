// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from './harness.mjs';

test('the page opens', async ({ page, server }) => {
  const reply = await page.goto(server.url);
  assert.equal(reply.status(), 200);
  assert.equal(await page.title(), 'Hark');
});
