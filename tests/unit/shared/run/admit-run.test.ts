import { describe, expect, it } from 'vitest';
import { admitRun } from '../../../../shared/run/admit-run.ts';
import { goBack, goOn, pauseRun } from '../../../../shared/run/command-run.ts';
import { finishRun } from '../../../../shared/run/finish-run.ts';
import { componentKey, haltKey, lockKey } from '../../../../shared/run/keys.ts';
import { acquireLocks, releaseLocks } from '../../../../shared/run/locks.ts';
import { runBed, writerOf } from './run-bed.ts';

const SAID = { actor: 'ada', reason: 'because' };
const R0 = { runId: 'r0', epoch: 1 };

describe('admitting a run', () => {
  it('takes its locks and writes their fences', async () => {
    const { deps, start, run, item } = runBed();
    const made = await start();
    expect(await admitRun(deps, writerOf(made))).toEqual({ outcome: 'admitted' });
    expect(await run(made.id)).toMatchObject({ status: 'running', fences: { a: 1, b: 1 } });
    expect(await item(lockKey('a'))).toMatchObject({ holder: made.id });
  });

  it('repeated is admitted with the same fences', async () => {
    const { deps, admitted, run } = runBed();
    const made = await admitted();
    expect(await admitRun(deps, writerOf(made))).toEqual({ outcome: 'admitted' });
    expect((await run(made.id)).fences).toEqual({ a: 1, b: 1 });
  });

  it('takes no lock while the environment is halted', async () => {
    const { deps, start, put, store } = runBed();
    const made = await start();
    await put(haltKey('staging'), { active: true });
    expect(await admitRun(deps, writerOf(made))).toEqual({ outcome: 'halted' });
    expect(await store.read(lockKey('a'))).toBeUndefined();
  });

  it('waits for another run, is seen to, and is admitted once the lock is free', async () => {
    const { deps, start, run } = runBed();
    await acquireLocks(deps, R0, ['b']);
    const made = await start();
    expect(await admitRun(deps, writerOf(made))).toEqual({ outcome: 'waiting', resource: 'b', holder: 'r0' });
    expect(await run(made.id)).toMatchObject({ status: 'queued', waitingFor: { resource: 'b', holder: 'r0' } });
    const { rev } = await run(made.id);
    expect(await admitRun(deps, writerOf(made))).toMatchObject({ outcome: 'waiting' });
    expect((await run(made.id)).rev).toBe(rev);
    await releaseLocks(deps, R0, ['b']);
    expect(await admitRun(deps, writerOf(made))).toEqual({ outcome: 'admitted' });
    expect(await run(made.id)).not.toHaveProperty('waitingFor');
  });

  it('keeps the wish to pause', async () => {
    const { deps, start, run } = runBed();
    const made = await start();
    await pauseRun(deps, made.id, 'ada');
    expect(await admitRun(deps, writerOf(made))).toEqual({ outcome: 'admitted' });
    expect((await run(made.id)).status).toBe('pausing');
  });

  it('under a later epoch keeps the locks, takes the items over and stops the execution before', async () => {
    const { deps, admitted, run, item, open, workflow } = runBed();
    const made = await admitted();
    await open(made, 'one');
    const { run: later } = await goOn(deps, made.id, SAID);
    expect(await admitRun(deps, writerOf(later))).toEqual({ outcome: 'admitted' });
    expect(await item(lockKey('a'))).toMatchObject({ holder: made.id, ownerEpoch: 2, fence: 1 });
    expect(await item(componentKey(made.id, 'one'))).toMatchObject({ epoch: 2, status: 'prepared', direction: 'forward' });
    expect(await item(componentKey(made.id, 'two'))).toMatchObject({ epoch: 2 });
    expect(workflow.stopped).toEqual([`run/${made.id}-1`]);
    expect((await run(made.id)).fences).toEqual({ a: 1, b: 1 });
  });

  it('of an epoch that is over before it was admitted gives its locks back', async () => {
    const { deps, start, item, store } = runBed();
    const made = await start();
    store.meetOnce('run.transition', async (send) => {
      await goOn(deps, made.id, SAID);
      return send();
    });
    expect(await admitRun(deps, writerOf(made))).toEqual({ outcome: 'superseded' });
    expect(await item(lockKey('a'))).not.toHaveProperty('holder');
  });

  it('of an epoch that is over, waiting, gives back what it took meanwhile', async () => {
    const { deps, start, item } = runBed();
    await acquireLocks(deps, R0, ['b']);
    const made = await start();
    await admitRun(deps, writerOf(made));
    await goBack(deps, made.id, SAID);
    expect(await admitRun(deps, writerOf(made))).toEqual({ outcome: 'superseded' });
    expect(await item(lockKey('a'))).not.toHaveProperty('holder');
  });

  it('refused after an earlier attempt was admitted keeps the locks: they protect what the run did', async () => {
    const { deps, admitted, item } = runBed();
    const made = await admitted();
    await finishRun(deps, writerOf(made), { outcome: 'paused' });
    expect(await admitRun(deps, writerOf(made))).toEqual({ outcome: 'superseded' });
    expect(await item(lockKey('a'))).toMatchObject({ holder: made.id });
  });

  it('that comes after the end of the run leaves its locks free', async () => {
    const { deps, admitted, item } = runBed();
    const made = await admitted({ components: [] });
    await finishRun(deps, writerOf(made), { outcome: 'completed' });
    expect(await admitRun(deps, writerOf(made))).toEqual({ outcome: 'superseded' });
    expect(await item(lockKey('a'))).not.toHaveProperty('holder');
  });

  it('that comes after the end of the run, when another has the locks, does not let it wait again', async () => {
    const { deps, admitted, run, item } = runBed();
    const made = await admitted({ components: [] });
    await finishRun(deps, writerOf(made), { outcome: 'completed' });
    await acquireLocks(deps, R0, ['b']);
    expect(await admitRun(deps, writerOf(made))).toEqual({ outcome: 'superseded' });
    expect(await run(made.id)).not.toHaveProperty('waitingFor');
    expect(await item(lockKey('a'))).not.toHaveProperty('holder');
  });
});
