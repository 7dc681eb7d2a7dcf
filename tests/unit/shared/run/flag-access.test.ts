import { describe, expect, it } from 'vitest';
import { FlagNotFoundError, GuardrailTrippedError, SupersededError } from '../../../../shared/errors/run-errors.ts';
import { UserCodeNotStartedError } from '../../../../shared/errors/user-code-errors.ts';
import { goBack } from '../../../../shared/run/command-run.ts';
import {
  disownFlags,
  failover,
  ownFlags,
  restoreFlag,
  shiftFlag,
  trippedFlag,
  yieldFlags,
} from '../../../../shared/run/flag-access.ts';
import { effective } from '../../../../shared/run/flag-state.ts';
import { loadFlag, putFlag } from '../../../../shared/run/put-flag.ts';
import { NOW, present, runBed, writerOf } from './run-bed.ts';

const BEFORE = { percent: 0 };
const trip = { at: NOW, by: 'alarm', reason: 'slow' };
const place = { environment: 'staging' };

const owned = async () => {
  const bed = runBed();
  await putFlag(bed.deps, { environment: 'staging', key: 'f', document: BEFORE, actor: 'ada', reason: 'begin' });
  const run = await bed.admitted({ flags: ['f'], resources: ['flag:staging/f'] });
  const shift = (percent: number, deadline = bed.clock.now() + 10_000) =>
    shiftFlag(bed.deps, writerOf(run), { ...place, flag: 'f', document: { percent }, deadline });
  const flag = async () => present(await loadFlag(bed.deps.store, 'staging', 'f'));
  return { ...bed, of: run, writer: writerOf(run), shift, flag };
};

describe('a flag of a run', () => {
  it('is owned from its admission on, with what was there before', async () => {
    const { flag, of } = await owned();
    expect(await flag()).toMatchObject({ owner: of.id, ownerEpoch: 1, document: BEFORE, preImage: BEFORE });
  });

  it('is shifted, and to the same document once', async () => {
    const { flag, shift } = await owned();
    await shift(10);
    const { rev } = await flag();
    await shift(10);
    expect(await flag()).toMatchObject({ document: { percent: 10 }, preImage: BEFORE, rev });
  });

  it('is not shifted after its deadline, nor by an epoch that is over', async () => {
    const { deps, of, flag, shift, clock } = await owned();
    await expect(shift(10, clock.now())).rejects.toThrow(UserCodeNotStartedError);
    const { run } = await goBack(deps, of.id, { actor: 'ada', reason: 'no' });
    await ownFlags(deps, writerOf(run), run);
    await expect(shift(10)).rejects.toThrow(SupersededError);
    expect((await flag()).document).toEqual(BEFORE);
  });

  it('is not shifted after a trip, whatever came between the look and the write', async () => {
    const bed = await owned();
    bed.store.meetOnce('flag.command', async (send) => {
      await failover(bed.deps, bed.of.id, place, 'f', trip);
      return send();
    });
    await expect(bed.shift(10)).rejects.toThrow(GuardrailTrippedError);
    expect((await bed.flag()).document).toEqual(BEFORE);
  });

  it('is back by one write that reads nothing, and everyone who listens hears of it', async () => {
    const bed = await owned();
    await bed.shift(50);
    bed.store.sent.length = 0;
    bed.published.length = 0;
    expect(await failover(bed.deps, bed.of.id, place, 'f', trip)).toBe(true);
    expect(bed.store.sent.map(({ name }) => name)).toEqual(['flag.failover']);
    expect(effective(await bed.flag())).toEqual(BEFORE);
    expect(bed.published).toMatchObject([{ type: 'flagTripped' }]);
    expect(await trippedFlag(bed.deps, bed.of)).toEqual({
      code: 'GUARDRAIL_TRIPPED',
      reason: 'Guardrail tripped on flag f: slow (alarm)',
    });
  });

  it('is no other run’s to trip, nor that of a run that let it go', async () => {
    const bed = await owned();
    expect(await failover(bed.deps, 'other', place, 'f', trip)).toBe(false);
    expect(await disownFlags(bed.deps, bed.writer, bed.of)).toBeUndefined();
    expect(await failover(bed.deps, bed.of.id, place, 'f', trip)).toBe(false);
    expect(await trippedFlag(bed.deps, bed.of)).toBeUndefined();
  });

  it('that has tripped cannot be let go by a run that succeeds', async () => {
    const bed = await owned();
    await bed.shift(100);
    await failover(bed.deps, bed.of.id, place, 'f', trip);
    expect((await disownFlags(bed.deps, bed.writer, bed.of))?.reason).toContain('slow');
    expect((await bed.flag()).owner).toBe(bed.of.id);
  });

  it('that is let go once is not owned by a late admission of the same epoch', async () => {
    const bed = await owned();
    await bed.shift(100);
    await disownFlags(bed.deps, bed.writer, bed.of);
    await expect(ownFlags(bed.deps, bed.writer, bed.of)).rejects.toThrow(SupersededError);
    expect((await bed.flag()).owner).toBeUndefined();
  });

  it('that is taken back is as it was, tripped or not', async () => {
    for (const trips of [false, true]) {
      const bed = await owned();
      await bed.shift(50);
      if (trips) await failover(bed.deps, bed.of.id, place, 'f', trip);
      const restore = { ...place, flag: 'f', document: BEFORE, deadline: bed.clock.now() + 10_000 };
      await restoreFlag(bed.deps, bed.writer, restore);
      await yieldFlags(bed.deps, bed.writer, bed.of);
      await yieldFlags(bed.deps, bed.writer, bed.of);
      const { owner, tripped, document } = await bed.flag();
      expect([owner, tripped, document]).toEqual([undefined, undefined, BEFORE]);
    }
  });

  it('that is not there is named', async () => {
    const { deps, writer, of } = await owned();
    await expect(ownFlags(deps, writer, { ...of, flags: ['gone'] })).rejects.toThrow(FlagNotFoundError);
  });

  it('of a run that was never admitted stays another’s', async () => {
    const bed = await owned();
    const waiting = await bed.start({ flags: ['f'], resources: ['flag:staging/f'] });
    await ownFlags(bed.deps, writerOf(waiting), waiting);
    expect((await bed.flag()).owner).toBe(bed.of.id);
  });
});
