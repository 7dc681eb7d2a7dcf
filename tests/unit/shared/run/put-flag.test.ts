import { describe, expect, it } from 'vitest';
import { FlagOwnedError, FlagRevisionError } from '../../../../shared/errors/run-errors.ts';
import { listFlags, loadFlag, putFlag } from '../../../../shared/run/put-flag.ts';
import { runBed } from './run-bed.ts';

const change = { environment: 'staging', key: 'f', document: { percent: 5 }, actor: 'ada', reason: 'more' };
const owning = { flags: ['f'], resources: ['flag:staging/f'] };

describe('putting a flag', () => {
  it('creates it, then changes it, and each is in its history with actor and reason', async () => {
    const { deps, store } = runBed();
    expect(await putFlag(deps, change)).toMatchObject({ key: 'f', environment: 'staging', document: { percent: 5 }, rev: 1 });
    expect(await putFlag(deps, { ...change, document: { percent: 6 } })).toMatchObject({ document: { percent: 6 }, rev: 2 });
    const { items } = await store.list('FLAG#staging#f', { prefix: 'EVENT#' });
    expect(items).toMatchObject([1, 2].map((rev) => ({ type: 'flagPut', rev, actor: 'ada', data: { reason: 'more' } })));
  });

  it('at a revision that is not there any more is refused', async () => {
    const { deps } = runBed();
    await putFlag(deps, { ...change, ifRev: 0 });
    await putFlag(deps, { ...change, ifRev: 1 });
    for (const ifRev of [0, 1, 3]) await expect(putFlag(deps, { ...change, ifRev })).rejects.toThrow(FlagRevisionError);
  });

  it('twice at once is refused the second time', async () => {
    const { deps } = runBed();
    for (const rev of [1, 2]) {
      const puts = await Promise.allSettled([putFlag(deps, change), putFlag(deps, { ...change, actor: 'bob' })]);
      expect(puts.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      expect((await loadFlag(deps.store, 'staging', 'f'))?.rev).toBe(rev);
    }
  });

  it('is refused while a run shifts it, and names that run', async () => {
    const bed = runBed();
    await putFlag(bed.deps, change);
    const run = await bed.admitted(owning);
    await expect(putFlag(bed.deps, change)).rejects.toThrow(FlagOwnedError);
    await expect(putFlag(bed.deps, change)).rejects.toThrow(run.id);
  });

  it('is refused where a run came to own it between the look and the write', async () => {
    const bed = runBed();
    await putFlag(bed.deps, change);
    let owned = false;
    bed.store.meet(async ({ name }, send) => {
      if (name === 'flag.command' && !owned) {
        owned = true;
        await bed.admitted(owning);
      }
      return send();
    });
    await expect(putFlag(bed.deps, { ...change, document: { percent: 9 } })).rejects.toThrow(FlagOwnedError);
    expect(await loadFlag(bed.deps.store, 'staging', 'f')).toMatchObject({ document: { percent: 5 } });
  });
});

describe('the flags of an environment', () => {
  it('are listed by their keys, and those of others are not', async () => {
    const { deps } = runBed();
    for (const key of ['b', 'a']) await putFlag(deps, { ...change, key });
    await putFlag(deps, { ...change, environment: 'production', key: 'c' });
    expect((await listFlags(deps.store, 'staging')).map(({ key }) => key)).toEqual(['a', 'b']);
    expect(await listFlags(deps.store, 'nowhere')).toEqual([]);
    expect(await loadFlag(deps.store, 'staging', 'c')).toBeUndefined();
  });
});
