// SPDX-License-Identifier: MIT
// Runs the tests of all *_test.mjs beside it, one after the other, in one browser against one server.
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { collect, required, runTest, selected } from './harness.mjs';
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

async function main(word) {
  for (const file of (await readdir(new URL('.', import.meta.url))).filter((name) => name.endsWith('_test.mjs')).sort()) {
    if (!word) await rm(join(process.env.BROWSER_OUTPUT, file.replace('_test.mjs', '')), { recursive: true, force: true });
    await collect(file);
  }
  const server = await Server.start();
  const browser = await chromium.launch({ executablePath: process.env.BROWSER, headless: true, args: FLAGS });
  let passed = 0;
  let failed = 0;
  for (const spec of selected(word)) {
    const started = Date.now();
    try {
      await runTest(browser, server, spec);
      passed++;
      console.log(`ok: ${spec.name} (${Date.now() - started} ms)`);
    } catch (error) {
      failed++;
      console.log(`FAILED: ${spec.file}: ${spec.name}\n${error.stack ?? error}`);
    }
  }
  await browser.close();
  await server.stop();
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 && passed > 0;
}

try {
  process.exitCode = (await main(process.argv[2])) ? 0 : 1;
} catch (error) {
  console.log(error);
  console.log('0 passed, 1 failed');
  process.exitCode = 1;
}
