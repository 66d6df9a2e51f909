// SPDX-License-Identifier: MIT
// Runs the tests of all *_test.mjs beside it, one after the other, in one browser against one server.
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { collect, limited, required, runTest, selected } from './harness.mjs';
import { Server } from './server.mjs';

const { chromium } = required('playwright-core');

// An empty profile, and nothing of its own accord over the network.
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const CLOSE_MS = 30_000;
const counts = { passed: 0, failed: 0 };

async function tests(word) {
  for (const file of (await readdir(new URL('.', import.meta.url))).filter((name) => name.endsWith('_test.mjs')).sort()) {
    if (!word) await rm(join(process.env.BROWSER_OUTPUT, file.replace('_test.mjs', '')), { recursive: true, force: true });
    await collect(file);
  }
  return selected(word);
}

// What goes wrong outside of a test is a failure, too, and keeps nothing else from being run or closed.
async function counted(what, run) {
  try {
    return await run();
  } catch (error) {
    counts.failed++;
    console.log(`FAILED: ${what}\n${error.stack ?? error}`);
  }
}
process.on('unhandledRejection', (error) => counted('after a test', () => Promise.reject(error)));

async function runAll(browser, server, specs) {
  for (const spec of specs) {
    const started = Date.now();
    await counted(`${spec.file}: ${spec.name}`, async () => {
      await runTest(browser, server, spec);
      counts.passed++;
      console.log(`ok: ${spec.name} (${Date.now() - started} ms)`);
    });
    await server.ensureUp();
  }
}

async function main(word) {
  const specs = await tests(word);
  const server = await Server.start();
  try {
    const browser = await chromium.launch({ executablePath: process.env.BROWSER, headless: true, args: FLAGS });
    await counted('the tests', () => runAll(browser, server, specs));
    await counted('the browser', () => limited(browser.close(), CLOSE_MS, 'closing the browser'));
  } finally {
    await counted('the server', () => server.stop());
  }
}

await counted('the runner', () => main(process.argv[2]));
console.log(`${counts.passed} passed, ${counts.failed} failed`);
// Not by itself: whatever a test left open would keep it waiting.
process.exit(counts.failed === 0 && counts.passed > 0 ? 0 : 1);
