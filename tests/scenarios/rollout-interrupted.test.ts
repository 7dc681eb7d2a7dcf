import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { RunView } from '../../shared/api/run-view.ts';
import type { PlanInput } from '../../shared/plan/plan.ts';
import type { ScenarioPlane } from './bed.ts';
import { Plane } from './plane.ts';
import { PlaneProcess } from './plane-process.ts';
import { ServedFlag } from './served-flag.ts';

const TARGET = 'test/search';
/** Nothing is promoted unless a person says so. */
const LONG = { bake: '10m' };

const planOf = (flag: ServedFlag, over: object): PlanInput => ({
  ...{ slipway: 1, name: 'search', target: TARGET },
  phases: [{ name: 'only', components: [flag.rollout(over)] }],
});

const entered = (stage: number) => (run: RunView) => {
  const rollout = run.components[0]?.rollout;
  return rollout?.stage === stage && rollout.enteredAt !== undefined;
};

const history = async (plane: Pick<ScenarioPlane, 'call'>, runId: string) => {
  const { events, broken } = await plane.call('get-timeline', { runId, limit: 1000 });
  expect(broken).toEqual([]);
  return {
    stages: events.filter(({ type }) => type === 'stageEntered').map(({ data }) => data['percent']),
    turns: events.filter(({ type, data }) => type === 'takenOver' && data['direction'] === 'back').length,
  };
};

const embedded = async (over: object) => {
  const plane = await Plane.start();
  const flag = await ServedFlag.at(plane, TARGET);
  const before = JSON.stringify((await flag.view()).flag);
  const runId = await plane.startRun(planOf(flag, over));
  return { plane, flag, before, runId };
};

/** Stages wait for whole periods of ten seconds: half a minute for each of these. */
describe('a rollout that is interrupted', { timeout: 180_000 }, () => {
  it('by the judge, since its new path is dead, ends on the very document it began with', async () => {
    const { plane, flag, before, runId } = await embedded({ ...LONG, stages: [50, 100] });
    flag.dead = true;
    const back = await flag.serve(runId, ({ resting }) => resting);
    expect(back).toMatchObject({ status: 'rolled-back', locks: [], notUndone: [] });
    expect(back.reason).toContain('The new path is dead');
    const view = await flag.view();
    expect(JSON.stringify(view.flag)).toBe(before);
    expect([view.owner, view.tripped]).toEqual([undefined, undefined]);
    expect(await history(plane, runId)).toEqual({ stages: [50], turns: 1 });
    await expect.poll(() => plane.alarms(runId), { timeout: 30_000, interval: 100 }).toEqual([]);
  });

  it('by a guardrail, ends on the very document it began with', async () => {
    const { plane, flag, before, runId } = await embedded({ ...LONG, look: '60s', stages: [50, 100] });
    flag.latency = 900;
    const back = await flag.serve(runId, ({ resting }) => resting);
    expect(back).toMatchObject({ status: 'rolled-back', locks: [], notUndone: [] });
    expect(JSON.stringify((await flag.view()).flag)).toBe(before);
    expect(await history(plane, runId)).toEqual({ stages: [50], turns: 1 });
  });

  it('by a pause keeps its stage and its alarms, and goes on from there', async () => {
    const { plane, flag, runId } = await embedded({});
    await plane.until(runId, entered(0));
    await plane.call('pause-run', { runId });
    expect(await plane.ended(runId)).toMatchObject({ status: 'paused' });
    expect(await flag.percent()).toBe(10);
    expect(await plane.alarms(runId)).toHaveLength(1);
    await plane.call('resume-run', { runId, reason: 'go on' });
    const done = await flag.serve(runId, ({ resting }) => resting);
    expect(done).toMatchObject({ status: 'succeeded', locks: [] });
    expect(await history(plane, runId)).toEqual({ stages: [10, 50, 100], turns: 0 });
  });

  it('by the death of the control plane goes on in its stage when that is started again', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'slipway-scenario-'));
    const plane = new PlaneProcess(folder);
    onTestFinished(async () => {
      await plane.kill();
      await rm(folder, { recursive: true, force: true });
    });
    await plane.boot();
    const flag = await ServedFlag.at(plane, TARGET);
    const answer = await plane.call('start-run', { plan: { text: JSON.stringify(planOf(flag, LONG)), file: 'plan.json' } });
    if (answer.dryRun) throw new Error('It was a dry run.');
    const runId = answer.run.id;
    const until = (wanted: (run: RunView) => boolean) =>
      expect.poll(async () => wanted(await plane.call('get-run', { runId })), { timeout: 40_000, interval: 50 }).toBe(true);
    for (const stage of [0, 1, 2]) {
      await until(entered(stage));
      await plane.kill();
      await plane.boot();
      expect(await flag.percent()).toBe([10, 50, 100][stage]);
      await plane.call('promote-stage', { runId, component: 'search', reason: 'it is good' });
    }
    await until(({ resting }) => resting);
    expect(await plane.call('get-run', { runId })).toMatchObject({ status: 'succeeded', locks: [] });
    expect(await flag.percent()).toBe(100);
    expect(await history(plane, runId)).toEqual({ stages: [10, 50, 100], turns: 0 });
  });
});
