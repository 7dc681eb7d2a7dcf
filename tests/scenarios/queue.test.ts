import { describe, expect, it } from 'vitest';
import type { PlanInput } from '../../shared/plan/plan.ts';
import { Plane } from './plane.ts';
import { queueRuns } from './queue-runs.ts';

const held = (name: string): PlanInput => ({
  slipway: 1,
  name,
  target: `test/${name}`,
  phases: [
    { name: 'only', components: [{ name: 'one', kind: 'task', run: './tasks.ts#step', items: ['a'], input: { holdAt: 'a' } }] },
  ],
});

describe('more runs than may be under way', () => {
  it('all end, with never more than the limit at once and nothing left, though the control plane is killed', async () => {
    const { most, broken } = await queueRuns({ runs: 10, atOnce: 3, kills: 1, seed: 1 });
    expect(broken).toEqual([]);
    expect(most).toBeLessThanOrEqual(3);
  }, 120_000);

  it('are told their position and why they wait, and the more urgent goes first', async () => {
    const plane = await Plane.start();
    const { limits } = await plane.call('get-limits', {});
    await plane.call('put-limits', { limits: { ...limits, atOnce: 1 }, ifRev: 0 });
    const first = await plane.startRun(held('first'));
    await plane.until(first, ({ status }) => status === 'running');
    const second = await plane.startRun(held('second'));
    await plane.until(second, ({ turn }) => turn !== undefined);
    const urgent = await plane.startRun(held('urgent'), { priority: 3 });
    const waiting = await plane.until(urgent, ({ turn }) => turn !== undefined);
    expect(waiting).toMatchObject({
      status: 'queued',
      turn: { position: 1, waiting: 2, reason: 'As many runs as may be are under way (1 at once)' },
    });
    const { runs } = await plane.call('list-runs', {});
    expect(runs.map(({ turn }) => turn?.position)).toEqual([1, 2, undefined]);
    await plane.put('go');
    const [late, soon] = [await plane.ended(second), await plane.ended(urgent)];
    expect(soon.endedAt).toBeLessThan(Number(late.endedAt));
  });

  it('are refused with 429 where one person may start no more, and limits are changed only as they were seen', async () => {
    const plane = await Plane.start();
    const { limits } = await plane.call('get-limits', {});
    await plane.call('put-limits', { limits: { ...limits, perPerson: { perHour: 1 } }, ifRev: 0 });
    expect(await plane.refused('put-limits', { limits, ifRev: 0 })).toMatchObject({ status: 412, code: 'LIMITS_REVISION' });
    await plane.put('go');
    await plane.ended(await plane.startRun(held('one')));
    expect(await plane.refused('start-run', plane.source(held('two')))).toMatchObject({ status: 429, code: 'RATE_LIMITED' });
  });
});
