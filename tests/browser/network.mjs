// SPDX-License-Identifier: MIT
// The network between the widget and the service, where a test decides what gets through. It is real: nothing is intercepted in
// the browser, which would hold up a beacon while its page goes away.
import { createServer, request as send } from 'node:http';

export function closed(server) {
  return new Promise((done) => {
    server.close(done);
    server.closeAllConnections();
  });
}

const HEADERS = { Connection: 'close', 'Access-Control-Allow-Origin': '*' };

// Each request over a connection of its own: a browser repeats by itself what failed on one that it had used before.
function forward(service, request, reply, isLost) {
  const { pathname, search } = new URL(request.url, service);
  const onward = send(new URL(pathname + search, service), { method: request.method, headers: request.headers, agent: false }, (answer) => {
    if (isLost) return answer.resume().on('end', () => reply.destroy());
    reply.writeHead(answer.statusCode, { ...answer.headers, connection: 'close' });
    answer.pipe(reply);
  });
  onward.on('error', () => reply.destroy());
  request.pipe(onward);
}

// judge(request): 'reset': it gets nowhere; 'lost': it arrives, and its reply does not; a status: what the proxy in front of the service
// says instead; anything else: it gets through. The judge may be exchanged: network.judge = …. All that came is in network.seen, as
// [method, url, verdict]. Closed when the test is over.
export async function network({ server, after }, judge) {
  const seen = [];
  const made = { judge, seen };
  const relay = createServer((request, reply) => {
    const verdict = made.judge?.(request);
    seen.push([request.method, request.url, verdict]);
    if (verdict === 'reset') request.socket.resetAndDestroy();
    else if (typeof verdict === 'number') reply.writeHead(verdict, HEADERS).end();
    else forward(server.url, request, reply, verdict === 'lost');
  });
  await new Promise((done) => relay.listen(0, '127.0.0.1', done));
  after(() => closed(relay));
  made.url = `http://127.0.0.1:${relay.address().port}`;
  return made;
}
