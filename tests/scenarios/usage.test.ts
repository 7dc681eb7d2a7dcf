import { describe, expect, it } from 'vitest';
import type { PlanInput } from '../../shared/plan/plan.ts';
import { Plane } from './plane.ts';

const plan = (...phases: readonly string[]): PlanInput => ({
  slipway: 1,
  name: 'used',
  target: 'local/used',
  phases: phases.map((name) => ({
    name,
    components: [{ name: `in-${name}`, kind: 'task', run: './tasks.ts#step', items: ['a', 'b', 'c'] }],
  })) as PlanInput['phases'],
});

describe('the usage of a run', () => {
  it('is what its functions used, by component, and in the timeline at its end', async () => {
    const plane = await Plane.start();
    const runId = await plane.startRun(plan('one'));
    await plane.ended(runId);
    const usage = await plane.call('get-usage', { runId });
    // Three writes of the run, six of the component, an event of each, and a lock, taken and given back.
    expect(usage.writes).toBeGreaterThanOrEqual(3 + 6 + 9 + 2);
    expect(usage.writes).toBeLessThan(40);
    expect(usage).toMatchObject({ status: 'succeeded', components: [{ name: 'in-one' }] });
    for (const field of ['cpuSeconds', 'peakMemoryMb', 'sentBytes', 'receivedBytes', 'calls', 'reads', 'costUsd'] as const) {
      expect(usage[field]).toBeGreaterThan(0);
    }
    expect(usage.components[0]?.writes).toBeLessThan(usage.writes);
    const { events } = await plane.call('get-timeline', { runId });
    const told = events.at(-1)?.data['usage'] as { costUsd: number };
    expect(told.costUsd).toBeGreaterThan(0);
    expect(told.costUsd).toBeLessThanOrEqual(usage.costUsd);
  });

  it('reckons the states of a run and of each level as its machines go through them', async () => {
    const plane = await Plane.start();
    const transitionsOf = async (...phases: readonly string[]) => {
      const runId = await plane.startRun(plan(...phases));
      await plane.ended(runId);
      const { cost } = await plane.call('get-usage', { runId });
      return cost.find(({ unit }) => unit === 'transition')?.amount;
    };
    // Begun, admitted and finished: 8. A level: 5, and of its component 14 more.
    expect([await transitionsOf('one'), await transitionsOf('one', 'two')]).toEqual([27, 46]);
  });
});
