import { Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Transfers } from '../../../../adapters/telemetry/transfers.ts';

async function served(): Promise<(body: string) => Promise<void>> {
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

describe('Transfers', () => {
  it('tells the bytes of each request, also over a connection that is used again', async () => {
    const told: (readonly [number, number])[] = [];
    const transfers = new Transfers(() => (sent, received) => void told.push([sent, received]));
    onTestFinished(() => transfers.close());
    const send = await served();
    await send('a'.repeat(1000));
    await send('b');
    const [[first = 0, answered = 0] = [], [second = 0, again = 0] = []] = told;
    expect(told).toHaveLength(2);
    expect(first - second).toBeGreaterThan(900);
    expect(answered).toBe(again);
    expect(again).toBeGreaterThan(2000);
  });

  it('tells nobody where nobody asks where the request is made, and after it was closed', async () => {
    let asked = 0;
    const transfers = new Transfers(() => {
      asked += 1;
      return undefined;
    });
    const send = await served();
    await send('a');
    expect(asked).toBe(1);
    transfers.close();
    await send('a');
    expect(asked).toBe(1);
  });
});
