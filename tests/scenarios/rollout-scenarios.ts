import { describe, expect } from 'vitest';
import type { RunView } from '../../shared/api/run-view.ts';
import type { PlanInput } from '../../shared/plan/plan.ts';
import { type Bed, type Component, type ScenarioPlane, scenarioOn } from './bed.ts';
import { ServedFlag } from './served-flag.ts';

/** Exposures are counted by whole periods of ten seconds, and each stage waits for one: 39 s in all. */
const PATIENCE = 240_000;

/** Rollouts of a flag: stage by stage, by hand, and back. On any control plane. */
export function rolloutScenarios(bed: Bed): void {
  const scenario = scenarioOn(bed);
  const start = async (over: object, target = bed.target('search')) => {
    const plane = await bed.start();
    const flag = await ServedFlag.at(plane, target);
    const phases: PlanInput['phases'] = [{ name: 'only', components: [flag.rollout(over)] }];
    const runId = await plane.startRun({ slipway: 1, name: 'search', target, phases });
    return { plane, flag, runId };
  };
  /** Nobody looks at the figures before the alarm does. */
  const unwatched = { stages: [50, 100], bake: '10m', look: '60s' };
  const entered = (stage: number) => (run: RunView) => {
    const rollout = run.components[0]?.rollout;
    return rollout?.stage === stage && rollout.enteredAt !== undefined;
  };

  describe('a rollout', () => {
    scenario(
      'goes through its stages on good figures, and back when a guardrail trips after its end',
      async () => {
        const { plane, flag, runId } = await start({});
        const done = await flag.serve(runId, ({ resting }) => resting);
        expect(done).toMatchObject({ status: 'succeeded', locks: [] });
        expect(done.components[0]?.rollout).toMatchObject({ promoted: 3, verdict: { decision: 'promote', percent: 100 } });
        expect(await stagesEntered(plane, runId)).toEqual([10, 50, 100]);
        expect(await flag.variantOf('ada')).toBe('on');
        expect((await flag.view()).owner).toBeUndefined();
        expect(await plane.alarms(runId)).toHaveLength(1);

        flag.latency = 900;
        await flag.serve(runId, ({ status }) => status === 'rolled-back');
        expect(await flag.percent()).toBe(0);
        await gone(plane, runId);
      },
      PATIENCE,
    );

    scenario(
      'is on the old side as soon as its guardrail trips; its run goes back, and its alarms go',
      async () => {
        const { plane, flag, runId } = await start(unwatched);
        const before = await flag.serve(runId, entered(0));
        expect(before.status).toBe('running');
        expect(await flag.percent()).toBe(50);
        const [alarm] = await plane.alarms(runId);

        flag.latency = 900;
        const back = await flag.serve(runId, ({ resting }) => resting);
        expect(back).toMatchObject({ status: 'rolled-back', direction: 'back', locks: [], notUndone: [] });
        expect(back.reason).toContain('Guardrail latency of search tripped');
        const view = await flag.view();
        expect(view).toMatchObject({ simple: { rolloutPercentage: 0 } });
        expect([view.owner, view.tripped]).toEqual([undefined, undefined]);
        expect(await flag.variantOf('ada')).toBe('off');
        const { events } = await plane.call('get-flag-history', { environment: flag.environment, key: flag.key });
        const trips = events.flatMap(({ type, data }) => (type === 'flagRestored' ? [data['tripped']] : []));
        expect(trips).toMatchObject([{ by: alarm }]);
        const { events: timeline } = await plane.call('get-timeline', { runId, limit: 1000 });
        expect(timeline.filter(({ actor }) => actor === 'alarm latency').length).toBeGreaterThan(0);
        await gone(plane, runId);
      },
      PATIENCE,
    );

    scenario(
      'stays where it is when what came after it is taken back, and goes back when its guardrail trips after that',
      async () => {
        const plane = await bed.start();
        const target = bed.target('search');
        const flag = await ServedFlag.at(plane, target);
        const after: Component = { name: 'after', kind: 'task', run: bed.code('step'), items: ['a'] };
        const phases: PlanInput['phases'] = [
          { name: 'shift', components: [flag.rollout({ stages: [100] })] },
          { name: 'then', after: ['shift'], components: [after] },
        ];
        const runId = await plane.startRun({ slipway: 1, name: 'search', target, phases });
        expect(await flag.serve(runId, ({ resting }) => resting)).toMatchObject({ status: 'succeeded' });
        const answer = await plane.call('rollback-run', { runId, component: 'after', reason: 'only that' });
        expect(answer).toMatchObject({ goesBack: ['after'], keeps: ['search'] });
        expect(await plane.ended(runId)).toMatchObject({ status: 'rolled-back', succeeded: ['search'], rolledBack: ['after'] });
        expect(await flag.percent()).toBe(100);
        expect((await flag.view()).owner).toBeUndefined();
        expect(await plane.alarms(runId)).toHaveLength(1);

        flag.latency = 900;
        const back = await flag.serve(runId, ({ reason, resting }) => resting && reason !== 'only that');
        expect(back).toMatchObject({ status: 'rolled-back', locks: [] });
        expect(back.reason).toContain('Guardrail latency of search tripped');
        expect(await flag.percent()).toBe(0);
        await gone(plane, runId);
      },
      PATIENCE,
    );

    scenario(
      'goes on, and back to an earlier stage, as a person says',
      async () => {
        const { plane, flag, runId } = await start({ bake: '10m' });
        const component = 'search';
        await plane.until(runId, entered(0));
        await plane.call('promote-stage', { runId, component, reason: 'seen enough' });
        await plane.until(runId, entered(1));
        expect(await flag.percent()).toBe(50);
        await plane.call('lower-stage', { runId, component, stage: 0, reason: 'not so fast' });
        expect(await flag.percent()).toBe(10);
        const held = await plane.until(runId, entered(0));
        expect(held.components[0]?.rollout).toMatchObject({ promoted: 0, waitsForPerson: true });
        for (const stage of [1, 2]) {
          await plane.call('promote-stage', { runId, component, reason: 'now it is' });
          await plane.until(runId, entered(stage));
        }
        await plane.call('promote-stage', { runId, component, reason: 'done' });
        expect(await plane.ended(runId)).toMatchObject({ status: 'succeeded', locks: [] });
        expect(await flag.percent()).toBe(100);
        expect(await stagesEntered(plane, runId)).toEqual([10, 50, 10, 50, 100]);
      },
      PATIENCE,
    );

    scenario(
      'ends on the old side by an emergency stop, as everything in its environment',
      async () => {
        const [, name] = bed.target('drill').split('/');
        const { plane, flag, runId } = await start(unwatched, `drill/${name}`);
        await plane.until(runId, entered(0));
        const stopped = await plane.call('emergency-stop', { environment: 'drill', reason: 'a drill' });
        expect(stopped).toEqual({ environment: 'drill', halted: true, flags: [flag.key], runs: [runId], problems: [] });
        expect(await flag.percent()).toBe(0);
        const back = await plane.ended(runId);
        expect(back).toMatchObject({ status: 'failed', rolledBack: ['search'], locks: [] });
        expect(back.reason).toContain('Emergency stop: a drill');
        const lifted = await plane.call('emergency-stop', { environment: 'drill', reason: 'it is over', lift: true });
        expect(lifted.halted).toBe(false);
        await gone(plane, runId);
      },
      PATIENCE,
    );
  });
}

/** Percentages, in the order in which they were entered. */
async function stagesEntered(plane: ScenarioPlane, runId: string): Promise<unknown[]> {
  const { events, broken } = await plane.call('get-timeline', { runId, limit: 1000 });
  expect(broken).toEqual([]);
  return events.filter(({ type }) => type === 'stageEntered').map(({ data }) => data['percent']);
}

/** What ends the rollback has the alarms removed, a moment later. */
async function gone(plane: ScenarioPlane, runId: string): Promise<void> {
  await expect.poll(() => plane.alarms(runId), { timeout: 30_000, interval: 100 }).toEqual([]);
}
