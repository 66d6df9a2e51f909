// SPDX-License-Identifier: MIT
// The widget on somebody else's page: how it looks and reads, and how it is worked without a mouse.
import assert from 'node:assert/strict';
import { eventually, findings, numbers, rows, score, tag, visit, widget } from './host.mjs';
import { test } from './harness.mjs';

test('Spanish where the page is', async (context) => {
  const { page, shot } = context;
  await visit(context, {}, { html: 'lang="es-MX"' });
  await widget(page).getByRole('group', { name: /¿Con qué probabilidad recomendaría/ }).waitFor();
  await score(page, 10).click();
  await widget(page).getByRole('button', { name: 'Enviar comentario' }).waitFor();
  await shot('spanish');
});

test('Spanish where the browser is and the page says nothing', async (context) => {
  const { page } = context;
  await visit(context, {}, { html: '' });
  await widget(page).getByRole('group', { name: /¿Con qué probabilidad/ }).waitFor();
}, { locale: 'es-ES' });

test('any text by attribute, and right to left', async (context) => {
  const { page, shot } = context;
  const texts = { 'text-question': 'ما مدى احتمال أن توصي بنا؟', 'text-low': 'غير محتمل', 'text-high': 'محتمل جدا', 'text-close': 'إغلاق', lang: 'ar' };
  await visit(context, texts, { html: 'lang="ar" dir="rtl"' });
  await widget(page).getByRole('group', { name: texts['text-question'] }).waitFor();
  const [first, last] = [await score(page, 0).boundingBox(), await score(page, 10).boundingBox()];
  assert.ok(first.x > last.x, 'the scale runs from right to left');
  const close = await widget(page).getByRole('button', { name: 'إغلاق' }).boundingBox();
  assert.ok(close.x < last.x + 20, 'the button to close is on the left');
  await shot('right to left');
});

test('the keyboard alone is enough, and moving through the scores sends nothing', async (context) => {
  const { page, project, shot } = context;
  await visit(context, {}, { body: `<a href="#a" id="a">A link</a>${tag({ 'site-key': context.project.write })}` });
  await score(page, 0).waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.tagName), 'BODY', 'it takes no focus');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  for (let i = 0; i < 8; i++) await page.keyboard.press('ArrowRight');
  assert.equal((await numbers(project)).n, 0);
  await shot('keyboard');
  await page.keyboard.press('Enter');
  const total = await eventually(() => numbers(project), ({ n }) => n === 1);
  assert.deepEqual([total.n, total.distribution[8]], [1, 1]);
  await page.keyboard.press('Tab');
  await page.keyboard.type('By keyboard');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  const [row] = await eventually(() => rows(project), ([first]) => first?.comment);
  assert.equal(row.comment, 'By keyboard');
  assert.equal(await widget(page).evaluate((element) => element.shadowRoot.activeElement?.className), 'thanks');
});

test('it is small', async ({ server }) => {
  const reply = await fetch(`${server.url}/widget.json`);
  const { gzip_bytes: bytes } = await reply.json();
  assert.ok(bytes < 12 * 1024, `${bytes} bytes`);
});

for (const [label, options, attributes] of [
  ['light', {}, {}],
  ['dark', { colorScheme: 'dark' }, { theme: 'auto' }],
  ['phone', { viewport: { width: 320, height: 640 } }, { placement: 'corner' }],
]) {
  test(`axe finds nothing, ${label}`, async (context) => {
    const { page, shot } = context;
    await visit(context, attributes);
    await score(page, 0).waitFor();
    await shot(`${label} asks`);
    assert.deepEqual(await findings(page), []);
    const box = await score(page, 5).boundingBox();
    assert.ok(box.width >= 24 && box.height >= 24, `a score is ${box.width} x ${box.height}`);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing sticks out');
    await score(page, 9).click();
    await widget(page).getByRole('textbox').waitFor();
    await shot(`${label} comment`);
    assert.deepEqual(await findings(page), []);
    }, options);
}

test('a page that is dark gets a dark widget, and a page that is not does not', async (context) => {
  const { page } = context;
  const isDark = () => widget(page).evaluate((element) => element.hasAttribute('data-dark'));
  await visit(context);
  await score(page, 0).waitFor();
  assert.equal(await isDark(), false);
  await visit(context, {}, { head: '<meta name="color-scheme" content="light dark">' });
  await score(page, 0).waitFor();
  assert.equal(await isDark(), true);
  await page.emulateMedia({ colorScheme: 'light' });
  assert.equal(await eventually(isDark, (is) => !is), false);
}, { colorScheme: 'dark' });

test('the page to try it shows it, its tags and what it tells', async (context) => {
  const { page, project, server, shot } = context;
  await page.goto(`${server.url}/widget-demo#key=${project.write}`);
  await score(page, 9).click();
  assert.equal((await eventually(() => numbers(project), ({ n }) => n === 1)).n, 1);
  assert.ok(!page.url().includes(project.write), 'the key does not stay in the address');
  await page.getByText('hark:sent').waitFor();
  const version = await (await fetch(`${server.url}/widget.json`)).json();
  assert.match(await page.locator('#code').textContent(), new RegExp(`integrity="${version.integrity.replaceAll('+', '\\+')}"`));
  assert.deepEqual(await findings(page), []);
  await shot('demo');
  await page.setViewportSize({ width: 360, height: 740 });
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing sticks out');
});

test('nothing moves for those who want no motion', async (context) => {
  const { page } = context;
  const animation = () => widget(page).evaluate((element) => getComputedStyle(element.shadowRoot.querySelector('.card')).animationName);
  await visit(context);
  await score(page, 0).waitFor();
  assert.equal(await animation(), 'none');
  await page.emulateMedia({ reducedMotion: 'no-preference' });
  assert.equal(await animation(), 'in');
});

test('what is typed is no shortcut of the page', async (context) => {
  const { page } = context;
  await visit(context);
  await page.evaluate(() => {
    window.heard = '';
    document.addEventListener('keydown', (event) => (window.heard += event.key));
  });
  await score(page, 9).click();
  await widget(page).getByRole('textbox').click();
  await page.keyboard.type('gi/');
  assert.equal(await page.evaluate(() => window.heard), '');
});
