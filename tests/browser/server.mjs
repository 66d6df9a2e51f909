// SPDX-License-Identifier: MIT
// A running `hark serve` with a PostgreSQL of its own in a folder of its own, and projects with keys on it.
import { execFile, spawn } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createWriteStream } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const program = process.env.TEST_HARK;
const START_MS = 60_000;
const STOP_MS = 30_000;

async function freePort() {
  const server = createServer();
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

const later = (ms) => new Promise((done) => setTimeout(done, ms));

export class Server {
  static async start(settings = {}) {
    const server = new Server();
    server.folder = await mkdtemp(join(tmpdir(), 'hark-browser-'));
    // One that root started steps down, and its user must get in.
    await chmod(server.folder, 0o755);
    server.port = await freePort();
    server.url = `http://127.0.0.1:${server.port}`;
    server.settings = settings;
    server.count = 0;
    await server.up();
    return server;
  }

  environment() {
    return {
      ...process.env,
      HARK_LISTEN: `127.0.0.1:${this.port}`,
      HARK_DATA_DIR: join(this.folder, 'data'),
      ...this.settings,
    };
  }

  // Starts it, again after `down` with the same data on the same port.
  async up() {
    this.process = spawn(program, ['serve', '--quickstart'], { env: this.environment(), stdio: ['ignore', 'pipe', 'pipe'] });
    this.process.stderr.pipe(createWriteStream(join(this.folder, 'log'), { flags: 'a' }));
    this.ended = new Promise((done) => this.process.once('exit', done));
    let printed = '';
    this.process.stdout.on('data', (text) => (printed += text));
    const deadline = Date.now() + START_MS;
    while (!printed.includes('/readyz')) {
      if (Date.now() > deadline || this.process.exitCode !== null) {
        throw new Error(`hark did not start:\n${await readFile(join(this.folder, 'log'), 'utf8')}`);
      }
      await later(20);
    }
    this.printed = printed;
  }

  // One that does not stop when it is asked to is killed, and that is a fault.
  async down() {
    this.process.kill('SIGTERM');
    const overdue = setTimeout(() => this.process.kill('SIGKILL'), STOP_MS);
    await this.ended;
    clearTimeout(overdue);
    if (this.process.signalCode === 'SIGKILL') throw new Error(`hark did not stop within ${STOP_MS} ms`);
  }

  // After a test that failed while it was down.
  async ensureUp() {
    if (this.process.exitCode !== null || this.process.signalCode !== null) await this.up();
  }

  async stop() {
    try {
      await this.down();
    } finally {
      await rm(this.folder, { recursive: true, force: true });
    }
  }

  async command(...words) {
    const { stdout } = await run(program, words, { env: this.environment() });
    return stdout.trim();
  }

  // A project of one test's own: tests share rows otherwise. options: more words for `project create`.
  async project(...options) {
    const project = { name: `browser-${process.pid}-${++this.count}`, url: this.url };
    await this.command('project', 'create', project.name, ...options);
    for (const scope of ['write', 'metrics', 'read', 'admin']) {
      project[scope] = await this.command('key', 'create', '--project', project.name, '--scope', scope);
    }
    project.post = (body, path = '/v1/responses') => this.post(project.write, path, body);
    return project;
  }

  // One object, or an array of any length. Resolves to the reply's body; anything but success is an error.
  async post(key, path, body) {
    const lines = Array.isArray(body);
    const reply = await fetch(this.url + path, {
      method: 'POST',
      headers: { Authorization: `Bearer ${key}`, 'Content-Type': lines ? 'application/x-ndjson' : 'application/json' },
      body: lines ? body.map((item) => JSON.stringify(item)).join('\n') : JSON.stringify(body),
    });
    const result = await reply.json();
    if (!reply.ok || result.rejected?.length) throw new Error(`POST ${path}: ${reply.status} ${JSON.stringify(result)}`);
    return result;
  }
}
