import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../../../adapters/embedded/system-clock.ts';
import { EventLog } from '../../../../local/server/event-log.ts';
import { HttpServer } from '../../../../local/server/http-server.ts';

it('gives up on a request that comes too slowly, and on nobody else', async () => {
  const faults: unknown[] = [];
  const server = await HttpServer.listen({
    routes: [{ method: 'POST', path: '/slow', authorization: 'AWS_IAM', function: 'f' }],
    host: '127.0.0.1',
    port: 0,
    identify: async (bearer) => (bearer === 't' ? { actor: 'ann', roles: ['*:admin'] } : undefined),
    invoke: async () => ({ statusCode: 200, headers: {}, body: 'done' }),
    log: new EventLog(),
    metrics: async () => ({ statusCode: 200, headers: {}, body: '' }),
    onAnswered: () => undefined,
    onDenied: async () => undefined,
    clock: systemClock,
    ids: { next: () => 'id-1' },
    onFault: (error) => faults.push(error),
    patience: { headers: 500, whole: 1000 },
  });
  onTestFinished(() => server.close());
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1').setEncoding('utf8');
  const headers = 'host: x\r\nauthorization: Bearer t\r\ncontent-length: 1\r\n\r\n';
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk;
  });
  socket.write(`POST /slow HTTP/1.1\r\n${headers}x`);
  await once(socket, 'data');
  expect(text).toMatch(/^HTTP\/1.1 200[\s\S]*done$/);
  text = '';
  // The second on this connection has its headers and never its body.
  socket.write(`POST /slow HTTP/1.1\r\n${headers}`);
  await once(socket, 'close');
  expect(text).toMatch(/^HTTP\/1.1 408 [\s\S]*x-request-id: id-1[\s\S]*"code":"REQUEST_TIMEOUT"/);
  expect(faults).toEqual([]);
});
