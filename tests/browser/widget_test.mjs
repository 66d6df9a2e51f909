// SPDX-License-Identifier: MIT
// The widget on somebody else's page: what becomes of an answer.
import assert from 'node:assert/strict';
import { eventually, numbers, rows, score, stored, told, types, visit, widget } from './host.mjs';
import { test } from './harness.mjs';
import { network } from './network.mjs';

test('a click sends the score at once, from another origin', async (context) => {
  const { page, project, shot } = context;
  await visit(context, { region: 'ES-CT', 'customer-id': 'c-1', 'interaction-id': 'o-7' });
  await score(page, 9).waitFor();
  assert.equal((await numbers(project)).n, 0);
  await shot('asks');
  await score(page, 9).click();
  const total = await eventually(() => numbers(project), ({ n }) => n === 1);
  assert.deepEqual([total.n, total.value], [1, 100]);
  await shot('answered');
  const [row] = await rows(project);
  assert.deepEqual(row.answers, { nps: 9 });
  assert.deepEqual([row.survey, row.channel, row.touchpoint, row.region], ['post-purchase', 'web', 'checkout', 'ES-CT']);
  assert.deepEqual([row.customer_id, row.interaction_id, row.source], ['c-1', 'o-7', 'widget']);
  assert.deepEqual(await eventually(() => stored(page), (names) => names.length === 0), []);
  assert.deepEqual(await types(page), ['shown', 'answered', 'sent']);
});

test('the comment comes later and counts once', async (context) => {
  const { page, project, shot } = context;
  await visit(context);
  await score(page, 6).click();
  await eventually(() => numbers(project), ({ n }) => n === 1);
  await widget(page).getByRole('textbox').fill('Slow, <b>but</b> fine ñ 🙂');
  await widget(page).getByRole('button', { name: 'Send comment' }).click();
  const [row] = await eventually(() => rows(project), ([first]) => first?.comment);
  assert.equal(row.comment, 'Slow, <b>but</b> fine ñ 🙂');
  assert.equal((await numbers(project)).n, 1);
  assert.equal(row.id, await widget(page).evaluate((element) => element.responseId));
  await widget(page).getByText('Thank you, that helps us.').waitFor();
  await shot('thanks');
});

test('a second click corrects the score', async (context) => {
  const { page, project } = context;
  await visit(context);
  await score(page, 2).click();
  await score(page, 10).click();
  const total = await eventually(() => numbers(project), ({ value }) => value === 100);
  assert.deepEqual([total.n, total.value], [1, 100]);
});

test('several questions make one answer', async (context) => {
  const { page, project, shot } = context;
  await visit(context, { metric: 'nps csat ces', 'no-comment': true });
  await score(page, 8).click();
  await widget(page).getByRole('group', { name: /satisfied/ }).getByRole('radio', { name: '4' }).click();
  await shot('three questions');
  await widget(page).getByRole('group', { name: /easy/ }).getByRole('radio', { name: /^7/ }).click();
  const [row] = await eventually(() => rows(project), ([first]) => first?.answers.ces);
  assert.deepEqual(row.answers, { nps: 8, csat: 4, ces: 7 });
  assert.equal((await rows(project)).length, 1);
  await widget(page).getByText('Thank you').waitFor();
});

test('what was said offline is sent when the network is back, once', async (context) => {
  const { page, project } = context;
  await visit(context);
  await score(page, 9).waitFor();
  await context.context.setOffline(true);
  await score(page, 9).click();
  await widget(page).getByRole('textbox').fill('From a tunnel');
  await widget(page).getByRole('button', { name: 'Send comment' }).click();
  assert.equal((await stored(page)).length, 1);
  assert.equal((await numbers(project)).n, 0);
  await context.context.setOffline(false);
  const [row] = await eventually(() => rows(project), ([first]) => first?.comment);
  assert.equal(row.comment, 'From a tunnel');
  assert.equal((await numbers(project)).n, 1);
  assert.deepEqual(await eventually(() => stored(page), (names) => names.length === 0), []);
});

test('a page that is closed offline sends at the next visit, with the same id', async (context) => {
  const { page, project } = context;
  const net = await network(context);
  const host = await visit(context, { api: net.url });
  await score(page, 4).waitFor();
  net.judge = () => 'reset';
  await score(page, 4).click();
  const id = await widget(page).evaluate((element) => element.responseId);
  await page.close();
  assert.equal((await numbers(project)).n, 0);
  net.judge = null;
  const next = await context.context.newPage();
  await next.goto(host.url);
  const [row] = await eventually(() => rows(project), (all) => all.length > 0);
  assert.equal(row?.id, id);
  assert.deepEqual(row.answers, { nps: 4 });
  assert.deepEqual(await eventually(() => stored(next), (names) => names.length === 0), []);
  assert.equal((await rows(project)).length, 1);
});

test('a page that goes away right after the click loses nothing', async (context) => {
  const { page, project } = context;
  const isBeacon = ({ url }) => url.includes('?key=');
  const net = await network(context);
  const host = await visit(context, { api: net.url });
  await score(page, 9).waitFor();
  // Its fetch never gets anywhere: what is left is the beacon.
  net.judge = (request) => isBeacon(request) || 'reset';
  await score(page, 9).click();
  await page.goto('about:blank');
  const [row] = await eventually(() => rows(project), (all) => all.length > 0);
  assert.deepEqual(row?.answers, { nps: 9 });
  assert.ok(net.seen.some(([method, , verdict]) => method !== 'GET' && verdict === 'reset'), 'its fetch was tried');
  net.judge = null;
  await page.goto(host.url);
  assert.deepEqual(await eventually(() => stored(page), (names) => names.length === 0), []);
  assert.equal((await rows(project)).length, 1);
}, { errors: true });

test('a wrong key keeps the answer until the page has the right one', async (context) => {
  const { page, project } = context;
  const wrong = project.write.slice(0, -1) + (project.write.endsWith('a') ? 'b' : 'a');
  await visit(context, { 'site-key': wrong, metric: 'nps' });
  await score(page, 9).click();
  await eventually(() => types(page), (all) => all.includes('error'));
  const error = (await told(page)).find(({ type }) => type === 'error');
  assert.deepEqual([error.reason, error.status], ['keep', 401]);
  assert.equal((await stored(page)).length, 1);
  await page.reload();
  await score(page, 9).waitFor();
  assert.equal((await stored(page)).length, 1);
  // The same page, mended.
  await page.evaluate((key) => {
    const [old] = document.getElementsByTagName('hark-survey');
    const mended = old.cloneNode();
    mended.setAttribute('site-key', key);
    old.replaceWith(mended);
    dispatchEvent(new Event('online'));
  }, project.write);
  const total = await eventually(() => numbers(project), ({ n }) => n === 1);
  assert.equal(total.n, 1);
  assert.deepEqual(await eventually(() => stored(page), (names) => names.length === 0), []);
});

test('a wrong key where the survey must be read asks nothing', async (context) => {
  const { page } = context;
  await visit(context, { 'site-key': 'hk_live_nobody' });
  await eventually(() => types(page), (all) => all.includes('error'));
  const [error] = await told(page);
  assert.deepEqual([error.type, error.reason], ['error', 'configuration']);
  assert.match(error.detail, /401/);
  assert.equal(await widget(page).isVisible(), false);
});

async function define(project, key, questions) {
  const reply = await fetch(`${project.url}/v1/surveys/${key}`, {
    method: 'PUT',
    headers: { Authorization: `Bearer ${project.admin}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ questions }),
  });
  assert.ok(reply.ok, await reply.text());
}

const STARS = { key: 'stars', metric: 'rating', scale: { min: 1, max: 5 }, wording: { en: 'How was the room?', es: '¿Qué tal la habitación?' } };
const EFFORT = { key: 'effort', metric: 'ces', scale: { min: 1, max: 5 }, polarity: 'low_is_good', wording: 'How hard was it?' };

test('a defined survey is asked as it is defined', async (context) => {
  const { page, project, shot } = context;
  await define(project, 'stay', [STARS, EFFORT]);
  await visit(context, { survey: 'stay' }, { html: 'lang="es"' });
  const room = widget(page).getByRole('group', { name: '¿Qué tal la habitación?' });
  assert.equal(await room.getByRole('radio').count(), 5);
  await room.getByRole('radio', { name: '4' }).click();
  await widget(page).getByRole('group', { name: 'How hard was it?' }).getByRole('radio', { name: /^2/ }).click();
  await shot('defined');
  const [row] = await eventually(() => rows(project), ([first]) => first?.answers.effort);
  assert.deepEqual(row.answers, { stars: 4, effort: 2 });
  assert.equal(row.survey_version, 1);
  assert.deepEqual(await eventually(() => stored(page), (names) => names.length === 0), []);
});

test('a defined survey is asked as it was, where the service is away', async (context) => {
  const { page, project } = context;
  const net = await network(context);
  await define(project, 'stay', [STARS]);
  await visit(context, { survey: 'stay', api: net.url });
  await score(page, 5).waitFor();
  net.judge = () => 'reset';
  await page.reload();
  await score(page, 5).click();
  net.judge = null;
  const [row] = await eventually(() => rows(project), (all) => all.length > 0);
  assert.deepEqual(row?.answers, { stars: 5 });
});

test('what the service refuses is dropped and told', async (context) => {
  const { page } = context;
  await visit(context, { region: 'x'.repeat(65) });
  await score(page, 9).click();
  await eventually(() => types(page), (all) => all.includes('error'));
  const error = (await told(page)).find(({ type }) => type === 'error');
  assert.deepEqual([error.reason, error.status, error.problem.errors[0].pointer], ['drop', 422, '#/region']);
  assert.deepEqual(await stored(page), []);
});

test('the service away is asked again, and the answer counts once', async (context) => {
  const { page, project } = context;
  const verdicts = ['lost', 503];
  const net = await network(context, ({ method }) => method === 'POST' && verdicts.shift());
  await visit(context, { api: net.url });
  await score(page, 9).click();
  assert.deepEqual(await eventually(() => stored(page), (names) => names.length === 0, 20_000), []);
  assert.deepEqual(net.seen.filter(([method]) => method === 'POST').map(([, , verdict]) => verdict), ['lost', 503, undefined]);
  assert.equal((await numbers(project)).n, 1);
});

test('nobody is asked twice within the days of the throttle', async (context) => {
  const { page } = context;
  await visit(context, { 'throttle-days': 30 });
  await score(page, 0).waitFor();
  await page.reload();
  await page.waitForFunction(() => customElements.get('hark-survey'));
  assert.equal(await widget(page).evaluate((element) => element.show()), false);
  assert.equal(await widget(page).isVisible(), false);
  assert.equal(await widget(page).evaluate((element) => element.show({ force: true })), true);
  await page.evaluate(() => {
    const name = Object.keys(localStorage).find((key) => key.startsWith('hark:asked:'));
    localStorage.setItem(name, String(Date.now() - 31 * 86400e3));
  });
  await page.reload();
  await score(page, 0).waitFor();
});

test('manual waits for show, and closing tells the page', async (context) => {
  const { page } = context;
  await visit(context, { manual: true, placement: 'corner' });
  await page.waitForFunction(() => customElements.get('hark-survey'));
  assert.equal(await widget(page).isVisible(), false);
  await widget(page).evaluate((element) => element.show());
  await score(page, 0).waitFor();
  await context.shot('corner');
  await widget(page).getByRole('button', { name: 'Close' }).click();
  assert.equal(await widget(page).isVisible(), false);
  assert.deepEqual((await told(page)).at(-1), { type: 'dismissed', answered: false });
});

test('touchpoint events are posted where they are asked for', async (context) => {
  const { page, server } = context;
  const project = await server.project('--dimension', 'release');
  context.project = project;
  await visit(context, { events: true, 'customer-id': 'c-9', 'dimension-release': '4.1' });
  await score(page, 9).click();
  const all = await eventually(() => rows(project, '/v1/events'), (events) => events.length === 2);
  assert.deepEqual(all.map(({ action }) => action).sort(), ['answered', 'shown']);
  const answered = all.find(({ action }) => action === 'answered');
  assert.equal(answered.response_id, (await rows(project))[0].id);
  assert.deepEqual([answered.survey, answered.touchpoint, answered.customer_id], ['post-purchase', 'checkout', 'c-9']);
});

test('no events otherwise', async (context) => {
  const { page, project } = context;
  await visit(context);
  await score(page, 9).click();
  await eventually(() => numbers(project), ({ n }) => n === 1);
  assert.deepEqual(await rows(project, '/v1/events'), []);
});

test('the pinned script loads with its integrity, and no other does', async (context) => {
  const { page, server } = context;
  const version = await (await fetch(`${server.url}/widget.json`)).json();
  const pinned = (integrity) => `<script async src="${server.url}${version.path}" integrity="${integrity}" crossorigin="anonymous"></script>`;
  await visit(context, {}, { script: pinned(version.integrity) });
  await score(page, 0).waitFor();
  await visit(context, {}, { script: pinned('sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng=') });
  await page.waitForTimeout(300);
  assert.equal(await page.evaluate(() => customElements.get('hark-survey') === undefined), true);
}, { errors: true });
