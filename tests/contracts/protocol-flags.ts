import { expect, it } from 'vitest';
import { GuardrailTrippedError, SupersededError } from '../../shared/errors/run-errors.ts';
import { admitRun } from '../../shared/run/admit-run.ts';
import { goBack } from '../../shared/run/command-run.ts';
import { completeComponent } from '../../shared/run/component-end.ts';
import { finishRun } from '../../shared/run/finish-run.ts';
import { effective } from '../../shared/run/flag-state.ts';
import { releaseRun, seizeRun } from '../../shared/run/roll-back.ts';
import { loadRun } from '../../shared/run/run-access.ts';
import { changeWork } from '../../shared/run/work-access.ts';
import type { Bed } from './protocol-bed.ts';

/** What the protocol promises of flags. */
export const flags = (bed: () => Bed): void => {
  it('owns the flags of a run on admission, shifts them, and lets them go when it succeeds', async () => {
    const test = bed();
    await test.withFlag();
    const writer = await test.admitted();
    expect(await test.flag()).toMatchObject({ owner: writer.runId, ownerEpoch: 1, preImage: { percent: 0 } });
    await test.shift(writer, 50);
    await test.complete(writer);
    const flag = await test.flag();
    expect(flag.owner).toBeUndefined();
    expect(effective(flag)).toEqual({ percent: 50 });
  });

  it('sends a flag back with one write, and bars every forward shift from then on', async () => {
    const test = bed();
    await test.withFlag();
    const writer = await test.admitted();
    await test.shift(writer, 50);
    expect(await test.trip(writer)).toBe(true);
    expect(effective(await test.flag())).toEqual({ percent: 0 });
    await expect(test.shift(writer, 100)).rejects.toBeInstanceOf(GuardrailTrippedError);
    expect(effective(await test.flag())).toEqual({ percent: 0 });
    expect(test.events.find(({ type }) => type === 'flagTripped')?.data).toMatchObject({ document: { percent: 0 } });
  });

  it('turns a run back that had everything done when its flag tripped', async () => {
    const test = bed();
    await test.withFlag();
    const writer = await test.admitted();
    const work = await test.prepare(writer);
    await changeWork(test.deps, work, { type: 'checkpointCreated', data: { step: 0 } }, { set: { cursor: 1, status: 'worked' } });
    await completeComponent(test.deps, writer, 'move');
    await test.shift(writer, 100);
    await test.trip(writer);
    expect(await finishRun(test.deps, writer, { outcome: 'completed' })).toEqual({ outcome: 'rollback', epoch: 2 });
    expect((await loadRun(test.deps, writer.runId)).run.reason).toContain('errors');
  });

  it('does not let an alarm of one run touch the flag of another, nor one that comes before the first or after the last stage', async () => {
    const test = bed();
    await test.withFlag();
    const first = await test.start();
    expect(await test.trip(first)).toBe(false);
    await admitRun(test.deps, first);
    await test.complete(first);
    expect(await test.trip(first)).toBe(false);
    const second = await test.admitted();
    await test.shift(second, 50);
    expect(await test.trip(first)).toBe(false);
    expect(effective(await test.flag())).toEqual({ percent: 50 });
  });

  it('refuses the shift of an older epoch once the run was taken over, and gives the flag back when the rollback ends', async () => {
    const test = bed();
    await test.withFlag();
    const writer = await test.admitted();
    await test.shift(writer, 50);
    await test.trip(writer);
    await goBack(test.deps, writer.runId, { actor: 'alarm', reason: 'errors' });
    const back = { ...writer, epoch: 2 };
    await seizeRun(test.deps, back);
    await expect(test.shift(writer, 100)).rejects.toBeInstanceOf(SupersededError);
    expect(await releaseRun(test.deps, back)).toEqual({ status: 'rolled-back' });
    const flag = await test.flag();
    expect(flag).toMatchObject({ document: { percent: 0 }, released: { runId: writer.runId, epoch: 2 } });
    expect(flag.owner ?? flag.tripped ?? flag.preImage).toBeUndefined();
  });

  it('tells by the write id that a failover without an answer was its own', async () => {
    const test = bed();
    await test.withFlag();
    const writer = await test.admitted();
    await test.shift(writer, 50);
    const losing = Object.assign(Object.create(test) as Bed, { deps: test.losing('flag.failover') });
    expect(await losing.trip(writer)).toBe(true);
    expect(effective(await test.flag())).toEqual({ percent: 0 });
  });
};
