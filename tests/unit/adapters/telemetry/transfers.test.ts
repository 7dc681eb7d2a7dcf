import { describe, expect, it, onTestFinished } from 'vitest';
import { Transfers } from '../../../../adapters/telemetry/transfers.ts';
import { served } from './served.ts';

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

  it('counts a request once, however many control planes share the process', async () => {
    const told: number[] = [];
    const planes = [1, 2, 3].map((plane) => new Transfers(() => () => void told.push(plane)));
    onTestFinished(() => {
      for (const plane of planes) plane.close();
    });
    const send = await served();
    await send('a');
    expect(told).toEqual([1]);
    planes[0]?.close();
    await send('a');
    expect(told).toEqual([1, 2]);
  });
});
