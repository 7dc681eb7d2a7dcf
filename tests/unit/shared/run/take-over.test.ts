import { describe, expect, it } from 'vitest';
import { SupersededError } from '../../../../shared/errors/run-errors.ts';
import { componentKey, segmentKey } from '../../../../shared/run/keys.ts';
import { seizeItems, stopOldExecutions } from '../../../../shared/run/take-over.ts';
import { changeWork } from '../../../../shared/run/work-access.ts';
import { runBed } from './run-bed.ts';

describe('taking items over', () => {
  it('shuts every writer of an earlier epoch out, of what never began too', async () => {
    const { deps, admitted, open, store } = runBed();
    const run = await admitted();
    const work = await open(run, 'one', { segments: 3, cursor: 2 });
    await seizeItems(deps, { ...run, direction: 'back' }, { runId: run.id, epoch: 2 });
    await expect(changeWork(deps, work, { type: 'stepStarted' }, {})).rejects.toThrow(SupersededError);
    await expect(open(run, 'two')).rejects.toThrow(SupersededError);
    const items = await store.readMany([0, 1, 2].map((segment) => segmentKey(run.id, 'one', segment)));
    expect(items.map((item) => item?.['epoch'])).toEqual([2, 2, 2]);
  });

  it('keeps status, cursor and last event', async () => {
    const { deps, admitted, open, item } = runBed();
    const run = await admitted();
    const { state } = await open(run, 'one', { status: 'worked', cursor: 2 });
    await seizeItems(deps, run, { runId: run.id, epoch: 2 });
    expect(await item(componentKey(run.id, 'one'))).toMatchObject({
      status: 'worked',
      cursor: 2,
      rev: 2,
      lastEvent: state.lastEvent,
    });
  });

  it('leaves what a later epoch has', async () => {
    const { deps, admitted, put, item } = runBed();
    const run = await admitted();
    await put(componentKey(run.id, 'one'), { epoch: 5, rev: 1 });
    await seizeItems(deps, run, { runId: run.id, epoch: 2 });
    expect(await item(componentKey(run.id, 'one'))).toMatchObject({ epoch: 5, rev: 1 });
  });
});

describe('stopping old executions', () => {
  it('stops those of earlier epochs that run still, of either machine', async () => {
    const { deps, admitted, workflow } = runBed();
    const run = await admitted();
    workflow.executions.clear();
    for (const [arn, status] of [
      ['run/x-1', 'RUNNING'],
      ['run/x-2', 'FAILED'],
      ['rollback/x-3', 'RUNNING'],
      ['run/x-4', 'RUNNING'],
    ] as const) {
      workflow.executions.set(arn, { status });
    }
    await stopOldExecutions(deps, { ...run, executions: ['x-1', 'x-2', 'x-3'] });
    expect(workflow.stopped).toEqual(['run/x-1', 'rollback/x-3']);
  });
});
