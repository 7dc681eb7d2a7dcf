import { Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** Sends to a server of its own, over one connection, and waits until all of it is told. */
export async function served(): Promise<(body: string) => Promise<void>> {
  const server = createServer((incoming, response) => incoming.resume().once('end', () => response.end('x'.repeat(2000))));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(() => {
    agent.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return (body) =>
    new Promise((resolve) => {
      const sent = request({ port, host: '127.0.0.1', method: 'POST', agent }, (answer) => answer.resume());
      sent.once('close', () => setImmediate(resolve));
      sent.end(body);
    });
}
