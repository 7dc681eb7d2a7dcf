import { describe, expect, it } from 'vitest';
import { SupersededError } from '../../../../shared/errors/run-errors.ts';
import { breakLock } from '../../../../shared/run/break-lock.ts';
import { goBack, goOn } from '../../../../shared/run/command-run.ts';
import { componentKey, lockKey } from '../../../../shared/run/keys.ts';
import { acquireLocks } from '../../../../shared/run/locks.ts';
import { seizeRun } from '../../../../shared/run/roll-back.ts';
import { changeWork } from '../../../../shared/run/work-access.ts';
import { NOW, type RunBed, runBed, writerOf } from './run-bed.ts';

const said = (holder: string, resource = 'a') => ({ resource, holder, actor: 'ada', reason: 'nobody comes back' });
const heldBy = async ({ item }: RunBed, resource: string) => (await item(lockKey(resource)))['holder'];

const underWay = (deadline: number, more: object = {}) => ({
  intent: { step: 0, back: false, deadline, by: 'i', attempt: 1, epoch: 1, ...more },
});

describe('breaking a lock', () => {
  it('seizes its run first: nothing of it can write any more, and the lock alone is free', async () => {
    const bed = runBed();
    const of = await bed.admitted();
    const zombie = await bed.open(of, 'one');
    const { run } = await breakLock(bed.deps, said(of.id));
    expect(run).toMatchObject({ status: 'stopped', epoch: 2, broken: ['a'], canResume: false });
    expect([await heldBy(bed, 'a'), await heldBy(bed, 'b')]).toEqual([undefined, of.id]);
    await expect(changeWork(bed.deps, zombie, { type: 'checkpointCreated' }, { set: { cursor: 1 } })).rejects.toThrow(
      SupersededError,
    );
    expect(await bed.item(componentKey(of.id, 'two'))).toMatchObject({ epoch: 2 });
    expect(bed.workflow.stopped).toEqual([`run/${of.id}-1`]);
    expect(bed.published.at(-1)).toMatchObject({ type: 'lockBroken', actor: 'ada', data: { resource: 'a' } });
  });

  it('takes one lock after the other, and none again that it took before', async () => {
    const bed = runBed();
    const of = await bed.admitted();
    await breakLock(bed.deps, said(of.id, 'a'));
    await breakLock(bed.deps, said(of.id, 'b'));
    expect([await heldBy(bed, 'a'), await heldBy(bed, 'b')]).toEqual([undefined, undefined]);
  });

  it('takes a lock from a run that has lost another to a later one', async () => {
    const bed = runBed();
    const of = await bed.admitted();
    await breakLock(bed.deps, said(of.id, 'a'));
    await acquireLocks(bed.deps, { runId: 'later', epoch: 1 }, ['a']);
    await breakLock(bed.deps, said(of.id, 'b'));
    expect([await heldBy(bed, 'a'), await heldBy(bed, 'b')]).toEqual(['later', undefined]);
  });

  it('keeps the lock where an effect may be under way, and is possible after its deadline', async () => {
    const bed = runBed();
    const of = await bed.admitted();
    await bed.open(of, 'one', underWay(NOW + 5000));
    await expect(breakLock(bed.deps, said(of.id))).rejects.toMatchObject({ code: 'LOCK_BUSY' });
    expect(await heldBy(bed, 'a')).toBe(of.id);
    expect(await bed.run(of.id)).toMatchObject({ status: 'stopped', epoch: 2 });
    await bed.clock.advanceTo(NOW + 7000);
    await expect(breakLock(bed.deps, said(of.id))).rejects.toMatchObject({ code: 'LOCK_BUSY' });
    await bed.clock.advanceTo(NOW + 7001);
    await breakLock(bed.deps, said(of.id));
    expect(await heldBy(bed, 'a')).toBeUndefined();
  });

  it.each([{ ended: true }, { began: false }])('waits for no effect of which nothing is under way: %j', async (more) => {
    const bed = runBed();
    const of = await bed.admitted();
    await bed.open(of, 'one', underWay(NOW + 5000, more));
    await breakLock(bed.deps, said(of.id));
    expect(await heldBy(bed, 'a')).toBeUndefined();
  });

  it('looks at segments too', async () => {
    const bed = runBed();
    const of = await bed.admitted();
    await bed.open(of, 'one', { segments: 1 });
    const key = { ...componentKey(of.id, 'one'), sk: 'SEGMENT#one#0000' };
    await bed.put(key, { epoch: 1, rev: 1, ...underWay(NOW + 5000) });
    await expect(breakLock(bed.deps, said(of.id))).rejects.toMatchObject({ code: 'LOCK_BUSY' });
  });

  it('is refused where another run holds it, or nobody', async () => {
    const bed = runBed();
    const of = await bed.admitted();
    await expect(breakLock(bed.deps, said('another'))).rejects.toMatchObject({ code: 'LOCK_NOT_HELD' });
    await expect(breakLock(bed.deps, said(of.id, 'c'))).rejects.toMatchObject({ code: 'LOCK_NOT_HELD' });
    expect(await bed.run(of.id)).toMatchObject({ status: 'running', epoch: 1 });
  });

  it('frees a lock whose run is gone', async () => {
    const bed = runBed();
    await acquireLocks(bed.deps, { runId: 'gone', epoch: 1 }, ['x']);
    expect(await breakLock(bed.deps, said('gone', 'x'))).toEqual({ run: undefined });
    expect(await heldBy(bed, 'x')).toBeUndefined();
  });
});

describe('a run that has lost a lock', () => {
  const broken = async () => {
    const bed = runBed();
    const of = await bed.admitted();
    await bed.open(of, 'one', { status: 'worked' });
    await breakLock(bed.deps, said(of.id));
    return { bed, id: of.id };
  };

  it('goes forward no more', async () => {
    const { bed, id } = await broken();
    await expect(goOn(bed.deps, id, { actor: 'ada', reason: 'again' })).rejects.toThrow('has lost a');
  });

  it('may be taken back while nobody has held it since', async () => {
    const { bed, id } = await broken();
    const { run } = await goBack(bed.deps, id, { actor: 'ada', reason: 'back' });
    expect(await seizeRun(bed.deps, writerOf(run))).toEqual({ outcome: 'seized' });
    expect(await heldBy(bed, 'a')).toBe(id);
  });

  it('is not taken back over the work of a later one', async () => {
    const { bed, id } = await broken();
    await acquireLocks(bed.deps, { runId: 'later', epoch: 1 }, ['a']);
    const { run } = await goBack(bed.deps, id, { actor: 'ada', reason: 'back' });
    expect(await seizeRun(bed.deps, writerOf(run))).toMatchObject({ outcome: 'refused' });
    expect(await heldBy(bed, 'a')).toBe('later');
  });

  it('while it went back undoes nothing more beneath a later one, however far it had come, and does not say that it is as before', async () => {
    const bed = runBed();
    const of = await bed.admitted();
    await bed.open(of, 'one', { status: 'worked' });
    const turned = await goBack(bed.deps, of.id, { actor: 'ada', reason: 'back' });
    expect(await seizeRun(bed.deps, writerOf(turned.run))).toEqual({ outcome: 'seized' });
    expect((await breakLock(bed.deps, said(of.id))).run).toMatchObject({ status: 'rollback-failed', epoch: 3 });
    await acquireLocks(bed.deps, { runId: 'later', epoch: 1 }, ['a']);
    const again = await goBack(bed.deps, of.id, { actor: 'ada', reason: 'again' });
    expect(await seizeRun(bed.deps, writerOf(again.run))).toEqual({ outcome: 'refused', status: 'rollback-failed' });
    expect(await heldBy(bed, 'a')).toBe('later');
    expect((await bed.run(of.id)).reason).toContain('later');
  });
});
