import { describe, expect, it } from 'vitest';
import { SupersededError } from '../../../../shared/errors/run-errors.ts';
import { goBack } from '../../../../shared/run/command-run.ts';
import { completeComponent, endUndo } from '../../../../shared/run/component-end.ts';
import { finishRun } from '../../../../shared/run/finish-run.ts';
import { componentKey, lockKey, segmentKey } from '../../../../shared/run/keys.ts';
import { acquireLocks, releaseLocks } from '../../../../shared/run/locks.ts';
import { releaseRun, seizeRun } from '../../../../shared/run/roll-back.ts';
import { intentOf, runBed, writerOf } from './run-bed.ts';

const SAID = { actor: 'ada', reason: 'bad' };

/** A run that a person takes back, with component `one` worked and `two` never begun. */
const turned = async () => {
  const bed = runBed();
  const of = await bed.admitted();
  await bed.open(of, 'one', { status: 'worked', segments: 2 });
  const { run } = await goBack(bed.deps, of.id, SAID);
  return { ...bed, of: run, writer: writerOf(run), now: () => bed.run(of.id) };
};

/** A run that succeeded, let its locks go, and is to be taken back. */
const late = async (between?: 'holds' | 'held') => {
  const bed = runBed();
  const made = await bed.admitted({ components: [] });
  await finishRun(bed.deps, writerOf(made), { outcome: 'completed' });
  const later = { runId: 'later', epoch: 1 };
  if (between) await acquireLocks(bed.deps, later, ['b']);
  if (between === 'held') await releaseLocks(bed.deps, later, ['b']);
  const { run } = await goBack(bed.deps, made.id, SAID);
  return { ...bed, of: run, writer: writerOf(run), now: () => bed.run(made.id) };
};

describe('seizing a run', () => {
  it('takes locks, items and segments over, those that never began included, and stops the execution before', async () => {
    const { deps, writer, of, item, workflow } = await turned();
    expect(await seizeRun(deps, writer)).toEqual({ outcome: 'seized' });
    expect(await item(lockKey('a'))).toMatchObject({ ownerEpoch: 2 });
    expect(await item(componentKey(of.id, 'one'))).toMatchObject({ epoch: 2, direction: 'back', status: 'worked' });
    expect(await item(componentKey(of.id, 'two'))).toMatchObject({ epoch: 2, direction: 'back' });
    for (const segment of [0, 1]) expect(await item(segmentKey(of.id, 'one', segment))).toMatchObject({ epoch: 2 });
    expect(workflow.stopped).toEqual([`run/${of.id}-1`]);
  });

  it('is repeatable', async () => {
    const { deps, writer, of, item } = await turned();
    await seizeRun(deps, writer);
    const { rev } = await item(componentKey(of.id, 'one'));
    expect(await seizeRun(deps, writer)).toEqual({ outcome: 'seized' });
    expect((await item(componentKey(of.id, 'one')))['rev']).toBe(rev);
  });

  it('of an epoch that is over does nothing', async () => {
    const { deps, writer, item, of } = await turned();
    await expect(seizeRun(deps, { ...writer, epoch: 1 })).rejects.toThrow(SupersededError);
    expect(await item(componentKey(of.id, 'one'))).toMatchObject({ epoch: 1 });
  });

  it('takes released locks again where nobody has held them since', async () => {
    const { deps, writer, item, of } = await late();
    expect(await seizeRun(deps, writer)).toEqual({ outcome: 'seized' });
    expect(await item(lockKey('b'))).toMatchObject({ holder: of.id, fence: 1 });
  });

  it.each(['holds', 'held'] as const)('is refused where a later run %s a lock, and the run is as it was', async (between) => {
    const { deps, writer, item, now } = await late(between);
    expect(await seizeRun(deps, writer)).toEqual({ outcome: 'refused', status: 'succeeded' });
    expect(await now()).toMatchObject({
      status: 'succeeded',
      reason: 'Rollback refused: run later has held b since',
      next: 'slipway rollback later -m REASON, if that run is to be taken back first',
    });
    expect(await item(lockKey('a'))).not.toHaveProperty('holder');
    expect(await seizeRun(deps, writer)).toEqual({ outcome: 'refused', status: 'succeeded' });
  });
});

describe('releasing a run', () => {
  it('that is back as a whole ends as rolled back, free of locks', async () => {
    const { deps, writer, now, item } = await turned();
    await seizeRun(deps, writer);
    await endUndo(deps, writer, 'one', { outcome: 'done' });
    expect(await releaseRun(deps, writer)).toEqual({ status: 'rolled-back' });
    expect(await now()).toMatchObject({ status: 'rolled-back', reason: 'bad', notUndone: [] });
    expect(await item(lockKey('a'))).not.toHaveProperty('holder');
    expect(await releaseRun(deps, writer)).toEqual({ status: 'rolled-back' });
  });

  it('names what nothing could undo', async () => {
    const { deps, writer, now, put, of } = await turned();
    await seizeRun(deps, writer);
    await put(componentKey(of.id, 'one'), { status: 'undone', notUndone: ['step 0'] });
    await releaseRun(deps, writer);
    expect((await now()).notUndone).toEqual(['one: step 0']);
  });

  it('names no more than the item of the run can hold', async () => {
    const { deps, writer, now, put, of } = await turned();
    await seizeRun(deps, writer);
    const notUndone = Array.from({ length: 2000 }, (_, index) => `record ${index} ${'x'.repeat(150)}`);
    await put(componentKey(of.id, 'one'), { status: 'undone', notUndone });
    expect(await releaseRun(deps, writer)).toEqual({ status: 'rolled-back' });
    const named = (await now()).notUndone ?? [];
    expect(named).toHaveLength(201);
    expect(named.at(-1)).toBe('and 1800 more, which their components name');
  });

  it('that is not back rests, names what stands and what to do, and keeps its locks', async () => {
    const { deps, writer, now, item, of } = await turned();
    await seizeRun(deps, writer);
    await endUndo(deps, writer, 'one', { outcome: 'failed', code: 'X', message: 'm' });
    expect(await releaseRun(deps, writer)).toEqual({ status: 'rollback-failed' });
    expect(await now()).toMatchObject({
      failed: ['one'],
      reason: 'Not undone: one',
      next: `slipway logs ${of.id}, mend what it names, then: slipway rollback ${of.id} -m REASON`,
    });
    expect(await item(lockKey('a'))).toMatchObject({ holder: of.id });
  });

  it('with an ambiguous step asks for the person’s word', async () => {
    const { deps, writer, now, put, of } = await turned();
    await seizeRun(deps, writer);
    await put(componentKey(of.id, 'one'), { status: 'ambiguous', intent: { ...intentOf({ step: 3 }) } });
    await releaseRun(deps, writer);
    expect((await now()).next).toBe(
      `Find out whether the effect of step 3 of one stands, then: slipway rollback ${of.id} -m REASON --stands one/3=yes|no`,
    );
  });

  it('of an epoch that is over ends nothing and frees nothing', async () => {
    const { deps, writer, of, item } = await turned();
    await seizeRun(deps, writer);
    await endUndo(deps, writer, 'one', { outcome: 'done' });
    await expect(releaseRun(deps, { ...writer, epoch: 1 })).rejects.toThrow(SupersededError);
    expect(await item(lockKey('a'))).toMatchObject({ holder: of.id });
  });

  it('takes a completed component that was not undone for standing', async () => {
    const { deps, writer } = await turned();
    await seizeRun(deps, writer);
    await completeComponent(deps, writer, 'one');
    expect(await releaseRun(deps, writer)).toEqual({ status: 'rollback-failed' });
  });
});
