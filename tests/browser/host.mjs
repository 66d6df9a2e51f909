// SPDX-License-Identifier: MIT
// Somebody else's page, on an origin of its own, with the widget in it. Its Content-Security-Policy allows the service, and
// nothing inline.
import { createServer } from 'node:http';
import { required } from './harness.mjs';
import { closed } from './network.mjs';

const escaped = (value) => String(value).replaceAll('&', '&amp;').replaceAll('"', '&quot;');

export function tag(attributes) {
  const words = Object.entries(attributes).map(([name, value]) => (value === true ? name : `${name}="${escaped(value)}"`));
  return `<hark-survey ${words.join(' ')}></hark-survey>`;
}

// page: {html: attributes of <html>, head, body, script}; api: where the widget sends to. Closed when the test is over.
async function hostPage({ server, after }, { html = 'lang="en"', head = '', body = '', script = `<script async src="${server.url}/widget.js"></script>` }, api) {
  const policy = `default-src 'none'; script-src ${server.url}; connect-src ${api}; require-trusted-types-for 'script'`;
  const text = `<!doctype html><html ${html}><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>A shop</title>${head}${script}</head><body><main><h1>Thank you for your order</h1>${body}</main></body></html>`;
  const host = createServer((request, reply) => {
    reply.writeHead(request.url === '/' ? 200 : 404, { 'Content-Type': 'text/html', 'Content-Security-Policy': policy });
    reply.end(request.url === '/' ? text : '');
  });
  await new Promise((done) => host.listen(0, '127.0.0.1', done));
  after(() => closed(host));
  return { url: `http://127.0.0.1:${host.address().port}` };
}

// The numbers of a project, asked as anybody would.
export async function numbers(project, metric = 'nps', query = '') {
  const reply = await fetch(`${project.url}/v1/metrics?metric=${metric}${query}`, {
    headers: { Authorization: `Bearer ${project.metrics}`, 'Cache-Control': 'no-cache' },
  });
  return (await reply.json()).total[metric];
}

export async function rows(project, path = '/v1/responses') {
  const reply = await fetch(project.url + path, { headers: { Authorization: `Bearer ${project.read}` } });
  return (await reply.json()).data;
}

// Tries until it is so, or a while has passed; returns what it saw last.
export async function eventually(look, isSo, ms = 10_000) {
  const end = Date.now() + ms;
  for (;;) {
    const seen = await look();
    if (isSo(seen) || Date.now() > end) return seen;
    await new Promise((done) => setTimeout(done, 50));
  }
}

// What axe finds wrong with the page as it is now.
export async function findings(page) {
  await page.evaluate(required('axe-core').source);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}

// What the element tells the page is collected from the start.
const listen = `window.told = []; for (const type of ['shown', 'answered', 'commented', 'sent', 'finished', 'dismissed', 'error'])
  addEventListener('hark:' + type, (event) => window.told.push({ type, ...event.detail }));`;

export async function visit(context, attributes = {}, page = {}) {
  const { project, server, allowed } = context;
  const all = { 'site-key': project.write, survey: 'post-purchase', touchpoint: 'checkout', ...attributes };
  const api = attributes.api ?? server.url;
  const host = await hostPage(context, { body: tag(all), ...page }, api);
  allowed.push(host.url, api);
  await context.page.addInitScript(listen);
  await context.page.goto(host.url);
  return host;
}

export const told = (page) => page.evaluate(() => window.told);
export const types = async (page) => (await told(page)).map(({ type }) => type);
export const widget = (page) => page.locator('hark-survey');
export const score = (page, value) => widget(page).getByRole('radio', { name: new RegExp(`^${value}\\b`) });
export const stored = (page) => page.evaluate(() => Object.keys(localStorage).filter((name) => name.startsWith('hark:out:')));
