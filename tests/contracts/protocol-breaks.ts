import { expect, it } from 'vitest';
import { SupersededError } from '../../shared/errors/run-errors.ts';
import { admitRun } from '../../shared/run/admit-run.ts';
import { breakLock } from '../../shared/run/break-lock.ts';
import { goBack, goOn } from '../../shared/run/command-run.ts';
import { finishRun } from '../../shared/run/finish-run.ts';
import { componentKey, lockKey } from '../../shared/run/keys.ts';
import { releaseRun, seizeRun } from '../../shared/run/roll-back.ts';
import { loadRun, type RunDeps, type RunWriter } from '../../shared/run/run-access.ts';
import { CLOCK_MARGIN_MS } from '../../shared/run/steps.ts';
import { changeWork, loadWork } from '../../shared/run/work-access.ts';
import type { Bed } from './protocol-bed.ts';

const TEN_SECONDS = 10_000;

const broken = (test: Bed, { runId }: RunWriter, deps: RunDeps = test.deps) =>
  breakLock(deps, { resource: test.resource, holder: runId, actor: 'admin', reason: 'nobody comes back' });
const holder = async (test: Bed) => (await test.deps.store.read(lockKey(test.resource)))?.['holder'];
const said = { actor: 'person', reason: 'as it was' };

/** An effect that whoever writes for the run has announced, and not told the end of. */
async function begun(test: Bed, writer: RunWriter, back: boolean) {
  const work = (await loadWork(test.deps, writer, componentKey(writer.runId, 'move'))) ?? (await test.prepare(writer));
  const deadline = test.clock.now() + TEN_SECONDS;
  const intent = { step: 0, back, deadline, by: 'somebody', attempt: 1, epoch: writer.epoch };
  return { deadline, work: await changeWork(test.deps, work, { type: 'stepStarted' }, { set: { intent } }) };
}

/** What takes a lock away from a run, on each store. */
export const breaks = (bed: () => Bed): void => {
  it('seizes a run before it breaks its lock, so that nothing of the run can write any more', async () => {
    const test = bed();
    const writer = await test.admitted(['move', 'later']);
    const zombie = await test.prepare(writer);
    const { run } = await broken(test, writer);
    expect(run).toMatchObject({ status: 'stopped', epoch: 2, broken: [test.resource] });
    expect(await holder(test)).toBeUndefined();
    expect(test.executions.get(`run/${writer.runId}-1`)?.status).toBe('ABORTED');
    const late = changeWork(test.deps, zombie, { type: 'checkpointCreated' }, { set: { cursor: 1 } });
    await expect(late).rejects.toBeInstanceOf(SupersededError);
    await expect(test.prepare(writer, 'later')).rejects.toBeInstanceOf(SupersededError);
    await expect(finishRun(test.deps, writer, { outcome: 'completed' })).rejects.toBeInstanceOf(SupersededError);
    await expect(goOn(test.deps, writer.runId, said)).rejects.toThrow(`has lost ${test.resource}`);
  });

  it('breaks no lock under an effect before its deadline, though the run is seized', async () => {
    const test = bed();
    const writer = await test.admitted();
    const { deadline, work } = await begun(test, writer, false);
    await expect(broken(test, writer)).rejects.toMatchObject({ code: 'LOCK_BUSY' });
    expect(await holder(test)).toBe(writer.runId);
    const late = changeWork(test.deps, work, { type: 'checkpointCreated' }, { set: { cursor: 1 } });
    await expect(late).rejects.toBeInstanceOf(SupersededError);
    const next = await test.start();
    expect(await admitRun(test.deps, next)).toMatchObject({ outcome: 'waiting', holder: writer.runId });
    await test.clock.advanceTo(deadline + CLOCK_MARGIN_MS + 1);
    await broken(test, writer);
    expect(await admitRun(test.deps, next)).toEqual({ outcome: 'admitted' });
    expect((await loadRun(test.deps, next.runId)).run.fences).toEqual({ [test.resource]: 2 });
  });

  it('breaks a lock while its run is undone, and that run undoes nothing more beneath a later one', async () => {
    const test = bed();
    const writer = await test.admitted();
    await test.complete(writer);
    await goBack(test.deps, writer.runId, said);
    const back = { ...writer, epoch: 2 };
    await seizeRun(test.deps, back);
    const { deadline, work } = await begun(test, back, true);
    await expect(broken(test, writer)).rejects.toMatchObject({ code: 'LOCK_BUSY' });
    await test.clock.advanceTo(deadline + CLOCK_MARGIN_MS + 1);
    expect((await broken(test, writer)).run).toMatchObject({ status: 'rollback-failed', epoch: 4, direction: 'back' });
    await expect(changeWork(test.deps, work, { type: 'stepUndone' }, { set: { cursor: 0 } })).rejects.toBeInstanceOf(
      SupersededError,
    );
    expect(await releaseRun(test.deps, back)).toEqual({ status: 'rollback-failed' });
    expect((await loadRun(test.deps, writer.runId)).run.epoch).toBe(4);
    const later = await test.admitted();
    await goBack(test.deps, writer.runId, said);
    const refused = { outcome: 'refused', status: 'rollback-failed' };
    expect(await seizeRun(test.deps, { ...writer, epoch: 5 })).toEqual(refused);
    expect(await holder(test)).toBe(later.runId);
  });

  it('breaks a lock once, however many want to', async () => {
    const test = bed();
    const writer = await test.admitted();
    const both = await Promise.allSettled([broken(test, writer), broken(test, writer)]);
    const refused = both.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
    expect(refused.every(({ code }) => code === 'LOCK_NOT_HELD' || code === 'SUPERSEDED')).toBe(true);
    expect(refused.length).toBeLessThan(2);
    expect(await holder(test)).toBeUndefined();
    await expect(broken(test, writer)).rejects.toMatchObject({ code: 'LOCK_NOT_HELD' });
    const later = await test.admitted();
    await expect(broken(test, writer)).rejects.toThrow(`held by run ${later.runId}`);
    expect(await holder(test)).toBe(later.runId);
  });

  it.each(['run.command', 'lock.seize', 'item.seize', 'lock.release'])(
    'breaks a lock though the answer of a %s is lost',
    async (name) => {
      const test = bed();
      const writer = await test.admitted();
      await test.prepare(writer);
      expect((await broken(test, writer, test.losing(name))).run).toMatchObject({ status: 'stopped', epoch: 2 });
      expect(await holder(test)).toBeUndefined();
    },
  );
};
