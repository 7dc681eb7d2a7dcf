import { describe, expect, it } from 'vitest';
import { SchemaTooNewError } from '../../../../shared/errors/store-errors.ts';
import { completeComponent } from '../../../../shared/run/component-end.ts';
import { finishRun } from '../../../../shared/run/finish-run.ts';
import { lockKey, runKey } from '../../../../shared/run/keys.ts';
import { acquireLocks } from '../../../../shared/run/locks.ts';
import { reconcile } from '../../../../shared/run/reconcile.ts';
import { NOW, runBed, writerOf } from './run-bed.ts';

const NOTHING = { started: [], takenBack: [], rested: [], released: [] };

describe('reconciling runs', () => {
  it('leaves alone what is alive, and what rests', async () => {
    const { deps, admitted, put } = runBed();
    await admitted();
    const resting = await admitted({ resources: ['z'] });
    await put(runKey(resting.id), { status: 'failed' });
    expect(await reconcile(deps)).toEqual(NOTHING);
  });

  it('starts an execution that was never started, after a time in which its starter may still do so', async () => {
    const { deps, start, workflow, clock } = runBed();
    const run = await start();
    workflow.executions.clear();
    workflow.started.length = 0;
    await clock.advanceTo(NOW + 29_999);
    expect(await reconcile(deps)).toEqual(NOTHING);
    await clock.advanceTo(NOW + 30_000);
    expect(await reconcile(deps)).toEqual({ ...NOTHING, started: [run.id] });
    expect(workflow.started).toEqual([`run/${run.id}-1`]);
    expect(await reconcile(deps)).toEqual(NOTHING);
  });

  it('takes back a run whose execution died, where the plan says so', async () => {
    const { deps, admitted, workflow, run } = runBed();
    const made = await admitted();
    workflow.end(made, 'TIMED_OUT');
    expect(await reconcile(deps)).toEqual({ ...NOTHING, takenBack: [made.id] });
    expect(workflow.started.at(-1)).toBe(`rollback/${made.id}-2`);
    expect(await run(made.id)).toMatchObject({
      status: 'rolling-back',
      epoch: 2,
      reason: `The execution ${made.id}-1 ended without ending the run (TIMED_OUT)`,
    });
  });

  it('rests a run whose execution died, where the plan says so, and says what of it stands', async () => {
    const { deps, admitted, workflow, run, open } = runBed();
    const made = await admitted({ onFailure: 'stop' });
    await open(made, 'one');
    await completeComponent(deps, writerOf(made), 'one');
    workflow.end(made, 'FAILED', 'States.Runtime');
    expect(await reconcile(deps)).toEqual({ ...NOTHING, rested: [made.id] });
    expect(await run(made.id)).toMatchObject({
      status: 'partially-failed',
      succeeded: ['one'],
      failed: [],
      canResume: true,
      reason: `The execution ${made.id}-1 ended without ending the run (States.Runtime)`,
      next: `slipway retry ${made.id}, or: slipway rollback ${made.id} -m REASON`,
    });
  });

  it('rests a run that had nothing complete as failed', async () => {
    const { deps, admitted, workflow, run } = runBed();
    const made = await admitted({ onFailure: 'stop' });
    workflow.end(made, 'ABORTED');
    await reconcile(deps);
    expect((await run(made.id)).status).toBe('failed');
  });

  it('begins a rollback that died anew, ten times, and then rests it for a person', async () => {
    const { deps, admitted, workflow, run } = runBed();
    const made = await admitted();
    for (let epoch = 2; epoch <= 11; epoch += 1) {
      workflow.end(await run(made.id), 'FAILED');
      expect((await reconcile(deps)).takenBack).toEqual([made.id]);
      expect((await run(made.id)).epoch).toBe(epoch);
    }
    workflow.end(await run(made.id), 'FAILED');
    expect(await reconcile(deps)).toEqual({ ...NOTHING, rested: [made.id] });
    expect(await run(made.id)).toMatchObject({ status: 'rollback-failed', next: `slipway rollback ${made.id} -m REASON` });
    expect(await reconcile(deps)).toEqual(NOTHING);
  });

  it.each(['rollback', 'stop'] as const)(
    'does not touch, nor report, a run that ended well in between (%s)',
    async (onFailure) => {
      const { deps, admitted, workflow, run } = runBed();
      const made = await admitted({ onFailure, components: [] });
      const describe = workflow.describe.bind(workflow);
      workflow.describe = async (arn) => {
        await finishRun(deps, writerOf(made), { outcome: 'completed' });
        workflow.end(made, 'SUCCEEDED');
        return describe(arn);
      };
      expect(await reconcile(deps)).toEqual(NOTHING);
      expect((await run(made.id)).status).toBe('succeeded');
    },
  );

  it('is as good twice at once', async () => {
    const { deps, admitted, workflow, run } = runBed();
    const made = await admitted();
    workflow.end(made, 'FAILED');
    await Promise.all([reconcile(deps), reconcile({ ...deps })]);
    expect((await run(made.id)).epoch).toBe(2);
  });

  it('looks after all others where one run cannot be read, and says so at the end', async () => {
    const { deps, admitted, start, workflow, run, put, item } = runBed();
    const newer = await start();
    const made = await admitted({ resources: ['z'] });
    await put(runKey(newer.id), { schemaVersion: 2 });
    await acquireLocks(deps, { runId: newer.id, epoch: 1 }, ['a']);
    await acquireLocks(deps, { runId: 'gone', epoch: 1 }, ['b']);
    workflow.end(made, 'FAILED');
    await expect(reconcile(deps)).rejects.toThrow(SchemaTooNewError);
    expect((await run(made.id)).status).toBe('rolling-back');
    expect(await item(lockKey('a'))).toMatchObject({ holder: newer.id });
    expect(await item(lockKey('b'))).not.toHaveProperty('holder');
  });
});

describe('reconciling locks', () => {
  it('frees what a run holds that is at its end, or that there is not', async () => {
    const { deps, admitted, put, item, clock } = runBed();
    const made = await admitted();
    await put(runKey(made.id), { status: 'succeeded' });
    await clock.advanceTo(NOW + 30_000);
    await acquireLocks(deps, { runId: 'gone', epoch: 4 }, ['z']);
    expect(await reconcile(deps)).toEqual({ ...NOTHING, released: ['b', 'a', 'z'].sort() });
    expect(await item(lockKey('z'))).not.toHaveProperty('holder');
  });

  it('leaves what was only just taken again to whoever works under it', async () => {
    const { deps, admitted, put, item, clock } = runBed();
    const made = await admitted({ resources: ['a'] });
    await put(runKey(made.id), { status: 'succeeded' });
    await clock.advanceTo(NOW + 29_999);
    expect(await reconcile(deps)).toEqual(NOTHING);
    expect(await item(lockKey('a'))).toMatchObject({ holder: made.id });
    await clock.advanceTo(NOW + 30_000);
    expect(await reconcile(deps)).toEqual({ ...NOTHING, released: ['a'] });
  });

  it('leaves those of a run that rests for a person', async () => {
    const { deps, admitted, put, item } = runBed();
    const made = await admitted();
    await put(runKey(made.id), { status: 'rollback-failed' });
    expect(await reconcile(deps)).toEqual(NOTHING);
    expect(await item(lockKey('a'))).toMatchObject({ holder: made.id });
  });

  it('does not free what a rollback takes again in between', async () => {
    const { deps, admitted, put, item, store, clock } = runBed();
    const made = await admitted({ resources: ['a'] });
    await put(runKey(made.id), { status: 'succeeded' });
    await clock.advanceTo(NOW + 30_000);
    store.meetOnce('lock.release', async (send) => {
      await put(lockKey('a'), { ownerEpoch: 2 });
      return send();
    });
    expect(await reconcile(deps)).toEqual(NOTHING);
    expect(await item(lockKey('a'))).toMatchObject({ holder: made.id });
  });
});
