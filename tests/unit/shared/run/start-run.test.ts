import { describe, expect, it } from 'vitest';
import { LockedError } from '../../../../shared/errors/run-errors.ts';
import { StoreUnansweredError } from '../../../../shared/errors/store-errors.ts';
import { goBack } from '../../../../shared/run/command-run.ts';
import { runKey } from '../../../../shared/run/keys.ts';
import { releaseRun, seizeRun } from '../../../../shared/run/roll-back.ts';
import { startRun } from '../../../../shared/run/start-run.ts';
import { NOW, runBed, settle, startRequest, writerOf } from './run-bed.ts';

describe('starting a run', () => {
  it('creates it, queued, and starts the execution whose name is known before', async () => {
    const { deps, workflow, published } = runBed();
    const { run, created } = await startRun(deps, startRequest());
    expect(created).toBe(true);
    expect(run).toMatchObject({
      status: 'queued',
      direction: 'forward',
      epoch: 1,
      rev: 1,
      execution: `${run.id}-1`,
      machine: 'run',
      executions: [],
      createdAt: NOW,
      resources: ['a', 'b'],
    });
    expect(workflow.started).toEqual([`run/${run.id}-1`]);
    expect(published).toMatchObject([{ type: 'runCreated', actor: 'ada', runId: run.id, item: 'RUN', rev: 1 }]);
  });

  it('lists it as a run, and as an open one', async () => {
    const { start, store } = runBed();
    const run = await start();
    for (const index of ['listing', 'open'] as const) {
      expect((await store.listIndex(index, 'run')).items.map((item) => item['id'])).toEqual([run.id]);
    }
  });

  it('makes another run of each call without a key', async () => {
    const { start } = runBed();
    expect((await start()).id).not.toBe((await start()).id);
  });

  it('answers the same run to the same key, also where the request is another and the locks are its own', async () => {
    const { deps, admitted, workflow } = runBed();
    const run = await admitted({ idempotencyKey: 'k' });
    const again = await startRun(deps, startRequest({ idempotencyKey: 'k', queue: false, target: 'elsewhere' }));
    expect(again).toMatchObject({ created: false, run: { id: run.id, target: 'staging/cities' } });
    expect(new Set(workflow.started).size).toBe(1);
  });

  it('makes one run of two calls with one key at once', async () => {
    const { deps, store, workflow } = runBed();
    const request = startRequest({ idempotencyKey: 'k' });
    const both = await Promise.all([startRun(deps, request), startRun(deps, request)]);
    expect(both.map(({ created }) => created).sort()).toEqual([false, true]);
    expect((await store.listIndex('listing', 'run')).items).toHaveLength(1);
    expect(new Set(workflow.started).size).toBe(1);
  });

  it('repeated after it died between creating and starting starts the execution', async () => {
    const { deps, workflow } = runBed();
    workflow.dieAtStart = true;
    const request = startRequest({ idempotencyKey: 'k' });
    await expect(startRun(deps, request)).rejects.toThrow('the process died');
    expect(workflow.started).toEqual([]);
    const { run, created } = await startRun(deps, request);
    expect(created).toBe(false);
    expect(workflow.started).toEqual([`run/${run.id}-1`]);
  });

  it('repeated after it died between the key and the run creates the run that the key names', async () => {
    const { deps, store } = runBed();
    store.meetOnce('run.create', async () => {
      throw new Error('the process died');
    });
    const request = startRequest({ idempotencyKey: 'k' });
    await expect(startRun(deps, request)).rejects.toThrow('the process died');
    const { run, created } = await startRun(deps, request);
    expect(created).toBe(true);
    expect((await startRun(deps, request)).run.id).toBe(run.id);
  });

  it('repeated after the run has ended starts nothing', async () => {
    const { deps, admitted, workflow } = runBed();
    const run = await admitted({ idempotencyKey: 'k' });
    const back = await goBack(deps, run.id, { actor: 'ada', reason: 'x' });
    await seizeRun(deps, writerOf(back.run));
    await releaseRun(deps, writerOf(back.run));
    workflow.started.length = 0;
    const again = await startRun(deps, startRequest({ idempotencyKey: 'k' }));
    expect(again.run.status).toBe('rolled-back');
    expect(workflow.started).toEqual([]);
  });

  it('goes on where the answer to the creation is lost', async () => {
    const { deps, clock, store } = runBed();
    store.meetOnce('run.create', async (send) => {
      await send();
      throw new StoreUnansweredError('lost');
    });
    const { run, created } = await settle(clock, startRun(deps, startRequest()));
    expect(created).toBe(true);
    expect(run.rev).toBe(1);
  });
});

describe('starting a run that may not wait', () => {
  it('is refused where another run holds a lock, and says which, since when, and what to do', async () => {
    const { deps, admitted, store } = runBed();
    const holder = await admitted();
    const refused = startRun(deps, startRequest({ queue: false, resources: ['b', 'z'] }));
    await expect(refused).rejects.toThrow(LockedError);
    await expect(refused).rejects.toMatchObject({
      message: `b is held by run ${holder.id} since 1970-01-01T00:16:40.000Z`,
      next: `slipway watch ${holder.id}, or start with --queue to wait for it`,
    });
    expect((await store.listIndex('listing', 'run')).items).toHaveLength(1);
  });

  it('starts where its locks are free', async () => {
    const { deps, admitted, store } = runBed();
    await admitted();
    const { run } = await startRun(deps, startRequest({ queue: false, resources: ['z'] }));
    expect(await store.read(runKey(run.id))).toBeDefined();
  });
});
