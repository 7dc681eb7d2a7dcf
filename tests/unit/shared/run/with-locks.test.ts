import { describe, expect, it } from 'vitest';
import { finishRun } from '../../../../shared/run/finish-run.ts';
import { lockKey } from '../../../../shared/run/keys.ts';
import { acquireLocks, releaseLocks } from '../../../../shared/run/locks.ts';
import { withLocks } from '../../../../shared/run/with-locks.ts';
import { runBed, writerOf } from './run-bed.ts';

/** A run that has succeeded and let its locks go. */
const succeeded = async () => {
  const bed = runBed();
  const made = await bed.admitted({ components: [], resources: ['a', 'b'] });
  await finishRun(bed.deps, writerOf(made), { outcome: 'completed' });
  const of = await bed.run(made.id);
  const holders = async () => [(await bed.item(lockKey('a')))['holder'], (await bed.item(lockKey('b')))['holder']];
  return { ...bed, of, holders };
};
const LATER = { runId: 'later', epoch: 1 };

describe('working under the locks of a run', () => {
  it('that has ended takes them again, and lets them go', async () => {
    const { deps, of, holders } = await succeeded();
    expect(await holders()).toEqual([undefined, undefined]);
    expect(await withLocks(deps, of, holders)).toEqual([of.id, of.id]);
    expect(await holders()).toEqual([undefined, undefined]);
  });

  it('lets them go where the work fails', async () => {
    const { deps, of, holders } = await succeeded();
    await expect(withLocks(deps, of, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(await holders()).toEqual([undefined, undefined]);
  });

  it('can be repeated, and leaves the way back open', async () => {
    const { deps, of, item } = await succeeded();
    await withLocks(deps, of, async () => {});
    await withLocks(deps, of, async () => {});
    expect(await item(lockKey('a'))).toMatchObject({ fence: of.fences?.['a'] });
  });

  it.each([true, false])('is refused where a later run has held one, whether it holds it still (%s)', async (still) => {
    const { deps, of, holders } = await succeeded();
    await acquireLocks(deps, LATER, ['b']);
    if (!still) await releaseLocks(deps, LATER, ['b']);
    const refused = withLocks(deps, of, () => Promise.reject(new Error('not reached')));
    await expect(refused).rejects.toThrow('run later has held b since');
    expect(await holders()).toEqual([undefined, still ? 'later' : undefined]);
  });

  it('is refused to a second one meanwhile, and takes nothing from the first', async () => {
    const { deps, of, holders } = await succeeded();
    await withLocks(deps, of, async () => {
      await expect(withLocks(deps, of, async () => {})).rejects.toThrow('something works under its locks');
      expect(await holders()).toEqual([of.id, of.id]);
    });
  });

  it('that rests is working under those that it has', async () => {
    const { deps, admitted, item } = runBed();
    const of = await admitted({ resources: ['a'] });
    await withLocks(deps, { ...of, status: 'failed' }, async () => {});
    expect(await item(lockKey('a'))).toMatchObject({ holder: of.id });
  });
});
