import { describe, expect, it } from 'vitest';
import { inFirstStage, NONE, type Traffic } from './rollout-bed.ts';

const slow = {
  type: 'metric',
  name: 'noise',
  metric: 'Errors',
  statistic: 'Sum',
  limit: 10,
  period: '10s',
  window: '30s',
  action: 'alert',
};
const sides = (errors: number): [Traffic, Traffic] => [
  { exposures: 20, requests: 20, errors },
  { exposures: 180, requests: 180, errors: 0 },
];

async function watched(bake = '1m') {
  const bed = await inFirstStage({ guardrails: [slow], bake });
  const alerts = () =>
    bed.published
      .filter(({ type }) => type === 'guardrailAlert')
      // An event is published again when its item is taken up.
      .filter((event, at, all) => all.findIndex(({ rev }) => rev === event.rev) === at)
      .map(({ data }) => data);
  const look = async (errors: number, periods = 3) => {
    await bed.serve(periods, ...sides(errors));
    return bed.judge();
  };
  return { ...bed, alerts, look };
}

describe('a guardrail that only alerts', () => {
  it('tells once when it goes off, and once when it is quiet again', async () => {
    const { alerts, look } = await watched('1h');
    await look(0);
    expect(alerts()).toEqual([]);
    await look(15);
    await look(15, 1);
    await look(15, 1);
    expect(alerts()).toEqual([
      { stage: 0, began: [{ name: 'noise', sentence: expect.stringContaining('noise has tripped') }], ended: [] },
    ]);
    await look(0);
    await look(0, 1);
    expect(alerts().slice(1)).toEqual([{ stage: 0, began: [], ended: ['noise'] }]);
    await look(15);
    expect(alerts()).toHaveLength(3);
  });

  it('keeps nothing from being promoted, and goes on over stages without a word', async () => {
    const { alerts, look, progress, shift, run } = await watched();
    expect(await look(15, 8)).toMatchObject({ outcome: 'promote' });
    expect(await progress()).toMatchObject({ promoted: 1, alerts: ['noise'] });
    await shift();
    await look(15, 1);
    expect(alerts()).toHaveLength(1);
    expect((await run()).direction).toBe('forward');
  });

  it('is silent where it lacks data: the verdict tells that', async () => {
    const { alerts, serve, judge } = await watched();
    await serve(4, NONE, NONE);
    await judge();
    expect(alerts()).toEqual([]);
  });
});
