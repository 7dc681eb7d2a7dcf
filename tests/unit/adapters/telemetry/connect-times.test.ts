import { describe, expect, it, onTestFinished } from 'vitest';
import { ConnectTimes } from '../../../../adapters/telemetry/connect-times.ts';
import { served } from './served.ts';

const listening = (count: number): ConnectTimes[] => {
  const all = Array.from({ length: count }, () => new ConnectTimes());
  for (const one of all) one.listen();
  onTestFinished(() => all.forEach((one) => void one.close()));
  return all;
};

describe('ConnectTimes', () => {
  it('tells the slowest connection since it was asked last', async () => {
    const [times] = listening(1);
    const send = await served();
    await send('a');
    expect(times?.take().connectMs).toBeGreaterThan(0);
    // The connection is used again.
    await send('b');
    expect(times?.take()).toEqual({ dnsMs: 0, connectMs: 0 });
  });

  it('tells each of many, by one listener of a request and its connection', async () => {
    const warnings: Error[] = [];
    const warned = (warning: Error) => void warnings.push(warning);
    process.on('warning', warned);
    onTestFinished(() => void process.off('warning', warned));
    const all = listening(20);
    await (await served())('a');
    for (const one of all) expect(one.take().connectMs).toBeGreaterThan(0);
    expect(warnings).toEqual([]);
  });

  it('tells nothing once it is closed, and the others still', async () => {
    const [one, other] = listening(2);
    one?.close();
    await (await served())('a');
    expect([one?.take().connectMs, Number(other?.take().connectMs) > 0]).toEqual([0, true]);
  });
});
