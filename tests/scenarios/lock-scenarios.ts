import { describe, expect } from 'vitest';
import type { PlanInput } from '../../shared/plan/plan.ts';
import { type Bed, type ScenarioPlane, scenarioOn } from './bed.ts';

/** Runs and plans that contend with one another, on any control plane. */
export function lockScenarios(bed: Bed): void {
  const scenario = scenarioOn(bed);
  const target = bed.target('steps');
  const plan = (name = 'one', over: object = {}): PlanInput => ({
    slipway: 1,
    name: 'steps',
    target,
    onFailure: 'stop',
    phases: [{ name: 'only', components: [{ name, kind: 'task', run: bed.code('step'), items: ['a', 'b'], ...over }] }],
  });
  const held = (name = 'one') => plan(name, { input: { holdAt: 'a' } });
  const runsOf = async (plane: ScenarioPlane) => (await plane.call('list-runs', {})).runs.filter((run) => run.target === target);

  describe('a second run on a locked target', () => {
    scenario('is told who holds it and since when, and leaves nothing behind', async () => {
      const plane = await bed.start();
      const first = await plane.startRun(held());
      const { locks } = await plane.until(first, ({ status }) => status === 'running');
      const refused = await plane.refused('start-run', plane.source(plan()));
      const since = new Date(locks[0]?.since ?? 0).toISOString();
      expect(refused).toMatchObject({ status: 409, code: 'LOCKED' });
      expect(refused.detail).toBe(`target:${target} is held by run ${first} since ${since}`);
      expect((await runsOf(plane)).map(({ id }) => id)).toEqual([first]);
      await plane.put('go');
      await plane.ended(first);
    });

    scenario('waits for its turn where it asks to', async () => {
      const plane = await bed.start();
      const first = await plane.startRun(held());
      await plane.until(first, ({ status }) => status === 'running');
      const second = await plane.startRun(plan('two'), { queue: true });
      const waiting = await plane.until(second, ({ waitingFor }) => waitingFor !== undefined);
      expect(waiting).toMatchObject({ status: 'queued', waitingFor: { resource: `target:${target}`, holder: first } });
      await plane.put('go');
      expect((await plane.ended(second)).status).toBe('succeeded');
      expect(await plane.ledger()).toEqual(['forward one a', 'forward one b', 'forward two a', 'forward two b']);
    });
  });

  describe('an idempotency key', () => {
    scenario('names one run, however often it is sent', async () => {
      const plane = await bed.start();
      const before = await runsOf(plane);
      const options = { ...plane.source(held()), idempotencyKey: 'order-66' };
      const first = await plane.call('start-run', options);
      const runId = first.dryRun ? '' : first.run.id;
      await plane.until(runId, ({ status }) => status === 'running');
      const again = await plane.call('start-run', options);
      expect(again).toMatchObject({ created: false, run: { id: runId } });
      await plane.put('go');
      await plane.ended(runId);
      expect(await plane.call('start-run', options)).toMatchObject({ created: false, run: { id: runId, status: 'succeeded' } });
      expect(await runsOf(plane)).toHaveLength(before.length + 1);
    });
  });

  describe('a plan that changed since its run began', () => {
    const broken = plan('one', { input: { failAt: 'b' }, retry: { attempts: 0 } });
    const changed = plan('one', { input: { failAt: 'c' }, retry: { attempts: 0 } });

    async function failed() {
      const plane = await bed.start();
      await plane.put('broken');
      const runId = await plane.startRun(broken);
      await plane.ended(runId);
      return { plane, runId };
    }

    scenario('is refused with the difference, and taken where that is accepted', async () => {
      const { plane, runId } = await failed();
      const refused = await plane.refused('retry-run', { runId, ...plane.source(changed) });
      expect(refused).toMatchObject({ status: 409, code: 'PLAN_CHANGED' });
      expect(refused.diff?.changes).toMatchObject([{ change: 'changed', before: 'b', after: 'c' }]);
      await plane.call('retry-run', { runId, ...plane.source(changed), acceptPlanChange: true });
      expect((await plane.ended(runId)).status).toBe('succeeded');
    });

    scenario('goes on without a word where it says the same', async () => {
      const { plane, runId } = await failed();
      await plane.remove('broken');
      await plane.call('retry-run', { runId, ...plane.source(broken) });
      expect((await plane.ended(runId)).status).toBe('succeeded');
    });

    scenario('is refused for good where the run could not take it over', async () => {
      const { plane, runId } = await failed();
      const other = {
        ...changed,
        target: 'test/elsewhere',
        phases: [...changed.phases, { ...plan('two').phases[0], name: 'more' }],
      };
      const refused = await plane.refused('retry-run', { runId, ...plane.source(other as PlanInput), acceptPlanChange: true });
      expect(refused.diff?.forbidden.map(({ subject }) => subject)).toEqual(['target', 'components', 'tables']);
    });
  });
}
