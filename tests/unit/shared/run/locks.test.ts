import { describe, expect, it } from 'vitest';
import { lockKey } from '../../../../shared/run/keys.ts';
import { acquireLocks, holders, keepLocks, releaseLocks, seizeLocks } from '../../../../shared/run/locks.ts';
import { NOW, runBed } from './run-bed.ts';

const R1 = { runId: 'r1', epoch: 1 };
const R1_LATER = { runId: 'r1', epoch: 2 };
const R2 = { runId: 'r2', epoch: 1 };

describe('acquiring locks', () => {
  it('takes them in sorted order and answers their fences', async () => {
    const { deps, store, item } = runBed();
    expect(await acquireLocks(deps, R1, ['c', 'a', 'b'])).toEqual({ fences: { a: 1, b: 1, c: 1 } });
    expect(store.sent.map(({ key }) => key.pk)).toEqual(['LOCK#a', 'LOCK#b', 'LOCK#c']);
    expect(await item(lockKey('a'))).toMatchObject({ holder: 'r1', lastHolder: 'r1', ownerEpoch: 1, since: NOW, fence: 1 });
  });

  it('stops at the first that another run holds, names it, and keeps those before', async () => {
    const { deps, store, item } = runBed();
    await acquireLocks(deps, R2, ['b']);
    expect(await acquireLocks(deps, R1, ['a', 'b', 'c'])).toEqual({ blocked: { resource: 'b', holder: 'r2', since: NOW } });
    expect(await item(lockKey('a'))).toMatchObject({ holder: 'r1' });
    expect(await store.read(lockKey('c'))).toBeUndefined();
  });

  it('raises the fence with every holder and never lets it fall', async () => {
    const { deps } = runBed();
    for (const fence of [1, 2, 3]) {
      expect(await acquireLocks(deps, R1, ['a'])).toEqual({ fences: { a: fence } });
      await releaseLocks(deps, R1, ['a']);
    }
  });

  it('repeated by the same epoch answers the same fences', async () => {
    const { deps } = runBed();
    await acquireLocks(deps, R1, ['a']);
    expect(await acquireLocks(deps, R1, ['a', 'b'])).toEqual({ fences: { a: 1, b: 1 } });
  });

  it('inherits what an earlier epoch of the run took, and its fence', async () => {
    const { deps, item } = runBed();
    await acquireLocks(deps, R1, ['a']);
    expect(await acquireLocks(deps, R1_LATER, ['a'])).toEqual({ fences: { a: 1 } });
    expect(await item(lockKey('a'))).toMatchObject({ holder: 'r1', ownerEpoch: 2 });
  });

  it('is not blocked by its own run where two attempts of one epoch inherit at once', async () => {
    const { deps, store } = runBed();
    await acquireLocks(deps, R1, ['a']);
    store.meetOnce('lock.seize-unadmitted', async (send) => {
      expect(await acquireLocks(deps, R1_LATER, ['a'])).toEqual({ fences: { a: 1 } });
      return send();
    });
    expect(await acquireLocks(deps, R1_LATER, ['a'])).toEqual({ fences: { a: 1 } });
  });

  it('answers the fence of the lock that it seized, not of the one that it first saw', async () => {
    const { deps, store } = runBed();
    await acquireLocks(deps, R1, ['a']);
    // A late release and a late acquire of the earlier epoch, with another run in between.
    store.meetOnce('lock.seize-unadmitted', async (send) => {
      await releaseLocks(deps, R1, ['a']);
      await acquireLocks(deps, R2, ['a']);
      await releaseLocks(deps, R2, ['a']);
      await acquireLocks(deps, R1, ['a']);
      return send();
    });
    expect(await acquireLocks(deps, R1_LATER, ['a'])).toEqual({ fences: { a: 3 } });
  });

  it('by an epoch that is over takes nothing from its successor', async () => {
    const { deps, item } = runBed();
    await acquireLocks(deps, R1_LATER, ['a']);
    expect(await acquireLocks(deps, R1, ['a'])).toMatchObject({ blocked: { resource: 'a', holder: 'r1' } });
    expect(await item(lockKey('a'))).toMatchObject({ ownerEpoch: 2 });
  });
});

describe('seizing locks', () => {
  it('makes the new epoch their owner and keeps the fences', async () => {
    const { deps, item } = runBed();
    await acquireLocks(deps, R1, ['a', 'b']);
    expect(await seizeLocks(deps, R1_LATER, ['b', 'a'], { a: 1, b: 1 })).toEqual({});
    expect(await item(lockKey('b'))).toMatchObject({ holder: 'r1', ownerEpoch: 2, fence: 1 });
  });

  it('is repeatable', async () => {
    const { deps } = runBed();
    await acquireLocks(deps, R1, ['a']);
    await seizeLocks(deps, R1_LATER, ['a'], { a: 1 });
    expect(await seizeLocks(deps, R1_LATER, ['a'], { a: 1 })).toEqual({});
  });

  it('takes a released lock again where nobody has held it since, with the same fence', async () => {
    const { deps, item } = runBed();
    await acquireLocks(deps, R1, ['a']);
    await releaseLocks(deps, R1, ['a']);
    expect(await seizeLocks(deps, R1_LATER, ['a'], { a: 1 })).toEqual({});
    expect(await item(lockKey('a'))).toMatchObject({ holder: 'r1', ownerEpoch: 2, fence: 1 });
  });

  it.each([
    ['holds it', false],
    ['has held it and released it', true],
  ])('is refused where a later run %s, and that run is named', async (_, released) => {
    const { deps } = runBed();
    await acquireLocks(deps, R1, ['a']);
    await releaseLocks(deps, R1, ['a']);
    await acquireLocks(deps, R2, ['a']);
    if (released) await releaseLocks(deps, R2, ['a']);
    expect(await seizeLocks(deps, R1_LATER, ['a'], { a: 1 })).toEqual({ refused: { resource: 'a', holder: 'r2', since: NOW } });
  });

  it('is refused where the name is the own one again but another run came between', async () => {
    const { deps } = runBed();
    await acquireLocks(deps, R1, ['a']);
    await releaseLocks(deps, R1, ['a']);
    await acquireLocks(deps, R2, ['a']);
    await releaseLocks(deps, R2, ['a']);
    await acquireLocks(deps, R1, ['a']);
    expect(await seizeLocks(deps, R1_LATER, ['a'], { a: 1 })).toHaveProperty('refused');
  });

  it('passes over locks of a run that was never admitted: nothing was done under them', async () => {
    const { deps, store } = runBed();
    await acquireLocks(deps, R2, ['a']);
    expect(await seizeLocks(deps, R1_LATER, ['a', 'b'], undefined)).toEqual({});
    expect(await store.read(lockKey('b'))).toBeUndefined();
  });
});

describe('keeping locks', () => {
  it('answers the recorded fences', async () => {
    const { deps } = runBed();
    await acquireLocks(deps, R1, ['a']);
    expect(await keepLocks(deps, R1_LATER, ['a'], { a: 1 })).toEqual({ fences: { a: 1 } });
  });

  it('is blocked by a run that has come since', async () => {
    const { deps } = runBed();
    await acquireLocks(deps, R1, ['a']);
    await releaseLocks(deps, R1, ['a']);
    await acquireLocks(deps, R2, ['a']);
    expect(await keepLocks(deps, R1_LATER, ['a'], { a: 1 })).toMatchObject({ blocked: { holder: 'r2' } });
  });
});

describe('releasing locks', () => {
  it('lets go in the reverse of the order of taking, and takes them out of the list of held ones', async () => {
    const { deps, store, item } = runBed();
    await acquireLocks(deps, R1, ['a', 'b']);
    store.sent.length = 0;
    await releaseLocks(deps, R1, ['a', 'b']);
    expect(store.sent.map(({ key }) => key.pk)).toEqual(['LOCK#b', 'LOCK#a']);
    expect(await item(lockKey('a'))).not.toHaveProperty('holder');
    expect((await store.listIndex('open', 'lock')).items).toEqual([]);
  });

  it('by an earlier epoch, or by another run, changes nothing', async () => {
    const { deps, item } = runBed();
    await acquireLocks(deps, R1, ['a']);
    await seizeLocks(deps, R1_LATER, ['a'], { a: 1 });
    await releaseLocks(deps, R1, ['a']);
    await releaseLocks(deps, R2, ['a']);
    expect(await item(lockKey('a'))).toMatchObject({ holder: 'r1', ownerEpoch: 2 });
  });
});

describe('the holders', () => {
  it('are those that hold any of the resources now', async () => {
    const { deps, store } = runBed();
    await acquireLocks(deps, R1, ['a', 'b', 'd']);
    await releaseLocks(deps, R1, ['b']);
    expect(await holders(store, ['d', 'c', 'b', 'a'])).toEqual([
      { resource: 'a', holder: 'r1', since: NOW },
      { resource: 'd', holder: 'r1', since: NOW },
    ]);
  });

  it('are told of more resources than one read of the store takes', async () => {
    const { deps, store } = runBed();
    const resources = Array.from({ length: 201 }, (_, index) => `table-${String(index).padStart(3, '0')}`);
    await acquireLocks(deps, R1, ['table-000', 'table-200']);
    expect((await holders(store, resources)).map(({ resource }) => resource)).toEqual(['table-000', 'table-200']);
  });
});
