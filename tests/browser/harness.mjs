// SPDX-License-Identifier: MIT
// test('what it does', async ({ page, project, server, shot, open }) => …): each test has a browser context and a project of its
// own. It fails, too, where the page logged an error, broke its Content-Security-Policy or asked another origin than allowed.
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { inspect } from 'node:util';

const output = process.env.BROWSER_OUTPUT;
export const required = createRequire(join(output, 'package.json'));

const tests = [];
const TEST_MS = 120_000;

// options: viewport, colorScheme, locale …, as a browser context takes them; errors: true where the page may log some;
// origins: what else may be asked.
export function test(name, run, options = {}) {
  tests.push({ name, run, options, file: currentFile });
}

let currentFile = '';
export async function collect(file) {
  currentFile = file;
  await import(`./${file}`);
}

export function selected(word) {
  return tests.filter(({ name, file }) => !word || name.includes(word) || file.includes(word));
}

// Chromium reports each reply of 400 and more, and each request that was refused, as an error: those are the test's matter.
const EXPECTED = /^Failed to load resource/;

function watch(page, faults, allowed) {
  page.on('console', (message) => {
    if (message.type() === 'error' && !EXPECTED.test(message.text())) faults.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => faults.push(`error: ${error.stack || `${error.name} ${error.message}, ${inspect(error)}`}`));
  page.on('request', (request) => {
    const { protocol, origin } = new URL(request.url());
    if (/^https?:$/.test(protocol) && !allowed.includes(origin)) faults.push(`a request to ${request.url()}`);
  });
}

export function limited(promise, ms, what) {
  let timer;
  const limit = new Promise((_, fail) => {
    timer = setTimeout(() => fail(new Error(`${what} took more than ${ms} ms`)), ms);
  });
  return Promise.race([promise, limit]).finally(() => clearTimeout(timer));
}

// What a test opened beside the page; a test that fails half-way does not close it.
async function closeAll(opened) {
  for (const close of opened.reverse()) await close().catch((error) => console.log(`can't be closed: ${error}`));
}

const fileName = (text) => text.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '');

async function runIn(context, { name, run, options, file }, server) {
  const { errors = false, origins = [] } = options;
  const faults = [];
  const allowed = [server.url, ...origins];
  const opened = [];
  const after = (close) => opened.push(close);
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  watch(page, faults, allowed);
  const folder = join(output, fileName(file.replace('_test.mjs', '')));
  await mkdir(folder, { recursive: true });
  const shot = (label, { fullPage = true } = {}) =>
    page.screenshot({ path: join(folder, `${fileName(label)}.png`), animations: 'disabled', fullPage });
  const project = await server.project();
  // The page, with a key that was handed over in the fragment.
  const open = (query = '', key = project.read) => page.goto(`${server.url}/${query}#key=${key}`);
  try {
    await run({ page, context, project, server, shot, open, allowed, after });
    if (!errors && faults.length) throw new Error(`the page misbehaved:\n  ${faults.join('\n  ')}`);
  } catch (error) {
    await shot(`FAILED ${name}`).catch(() => {});
    if (faults.length) error.message += `\n  and: ${faults.join('\n  ')}`;
    throw error;
  } finally {
    await closeAll(opened);
  }
}

export async function runTest(browser, server, spec) {
  const { errors, origins, ...options } = spec.options;
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    locale: 'en-GB',
    timezoneId: 'UTC',
    reducedMotion: 'reduce',
    ...options,
  });
  try {
    await limited(runIn(context, spec, server), TEST_MS, 'the test');
  } finally {
    await context.close();
  }
}
