// SPDX-License-Identifier: MIT
// For everybody: dark and light, a phone, a keyboard, a screen reader (axe-core).
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { someAnswers } from './answers.mjs';
import { required, test } from './harness.mjs';

const source = await readFile(required.resolve('axe-core/axe.min.js'), 'utf8');

async function whole({ page, project, open }, query = '') {
  await project.post(someAnswers());
  await open(query);
  await page.locator('#groups .cell, #groups tbody tr').first().waitFor();
  await page.locator('.chart canvas').first().waitFor();
  await page.locator('.sayings li').first().waitFor();
}

async function check(page) {
  // Past the page's own policy, as a tool of the browser would be.
  const session = await page.context().newCDPSession(page);
  await session.send('Runtime.evaluate', { expression: source });
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
  const serious = violations.filter(({ impact }) => ['serious', 'critical'].includes(impact));
  const told = serious.map(({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.target} ${node.failureSummary}`).join('\n')}`);
  assert.deepEqual(told, []);
}

for (const colorScheme of ['light', 'dark']) {
  test(`axe-core finds nothing serious, ${colorScheme}`, async (given) => {
    await whole(given);
    await given.shot(`page ${colorScheme}`);
    await check(given.page);
    await given.open('?view=table');
    await given.page.locator('#groups tbody tr').first().waitFor();
    await check(given.page);
  }, { colorScheme });

  test(`axe-core finds nothing serious where there is no key and no answer, ${colorScheme}`, async ({ page, server, open }) => {
    await page.goto(server.url);
    await page.getByLabel('Key').waitFor();
    await check(page);
    await open();
    await page.getByText('No answers yet').waitFor();
    await check(page);
  }, { colorScheme });
}

test('it fits a phone', async (given) => {
  await whole(given);
  const { page, shot } = given;
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(width <= 390, `${width} px wide`);
  const small = await page.evaluate(() =>
    [...document.querySelectorAll('#filters select, .top button, #trend button, .switcher label, .cell button')]
      .filter((element) => element.getBoundingClientRect().height < 28)
      .map((element) => element.textContent),
  );
  assert.deepEqual(small, [], 'too small for a finger');
  await shot('phone');
  await page.emulateMedia({ colorScheme: 'dark' });
  await shot('phone dark');
}, { viewport: { width: 390, height: 844 }, hasTouch: true });

test('a keyboard reaches and works everything', async (given) => {
  await whole(given);
  const { page } = given;
  await page.locator('body').press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Skip to the numbers');
  const reached = new Set();
  for (let i = 0; i < 60; i++) {
    reached.add(await page.evaluate(() => document.activeElement.getAttribute('aria-label') || document.activeElement.value || document.activeElement.textContent));
    await page.keyboard.press('Tab');
  }
  for (const name of ['Change key', 'Time', 'Against', 'Filter by a dimension', 'nps', 'Closer', 'Rows', 'Columns', 'grid']) {
    assert.ok([...reached].some((text) => text?.trim() === name || text === name), `${name} is not among ${[...reached].join(' | ')}`);
  }
  await page.locator('#groups-view-none, input[name=groups-view][value=grid]').focus();
  await page.keyboard.press('ArrowRight');
  await page.locator('#groups table.list').waitFor();
  await page.locator('input[name=trend-metric][value=nps]').focus();
  await page.keyboard.press('ArrowRight');
  await page.locator('#trend .chart[aria-label^=CSAT]').waitFor();
});
