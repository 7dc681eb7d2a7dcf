import { describe, expect, it } from 'vitest';
import { SchemaTooNewError } from '../../../../shared/errors/store-errors.ts';
import type { Write } from '../../../../shared/ports/store.ts';
import { readable, readRun } from '../../../../shared/run/run-state.ts';
import { readWork } from '../../../../shared/run/work-state.ts';
import {
  acquireLock,
  commandRun,
  createItem,
  createRun,
  releaseLock,
  retakeLock,
  SCHEMA_VERSION,
  seizeItem,
  seizeLock,
  transitionItem,
  transitionRun,
} from '../../../../shared/run/writes.ts';
import { runBed } from './run-bed.ts';

const KEY = { pk: 'X#1', sk: 'X' };
const CLAIM = { runId: 'r1', epoch: 2, now: 5 };

/** Whether a write is let in on an item that is so; undefined: there is none. */
const lets = async (write: Write, found: Record<string, string | number> | undefined): Promise<boolean> => {
  const { store, put } = runBed();
  if (found) await put(KEY, found);
  return (await store.write(write)).applied;
};

describe('each write is let in by its condition alone', () => {
  const held = { holder: 'r1', ownerEpoch: 1, fence: 4 };
  it.each<[string, Write, Record<string, string | number> | undefined, boolean]>([
    ['acquire: there is no lock', acquireLock(KEY, CLAIM), undefined, true],
    ['acquire: it is free', acquireLock(KEY, CLAIM), { fence: 4 }, true],
    ['acquire: it is held', acquireLock(KEY, CLAIM), held, false],
    ['retake: free, fence as recorded', retakeLock(KEY, CLAIM, 4), { fence: 4 }, true],
    ['retake: free, fence has grown', retakeLock(KEY, CLAIM, 4), { fence: 5 }, false],
    ['retake: held', retakeLock(KEY, CLAIM, 4), held, false],
    ['seize: own, older, fence as recorded', seizeLock(KEY, 'r1', 2, 4), held, true],
    ['seize: own, older, never admitted', seizeLock(KEY, 'r1', 2, undefined), held, true],
    ['seize: another run', seizeLock(KEY, 'r2', 2, 4), held, false],
    ['seize: as new already', seizeLock(KEY, 'r1', 1, 4), held, false],
    ['seize: fence has grown', seizeLock(KEY, 'r1', 2, 3), held, false],
    ['release: own', releaseLock(KEY, 'r1', 1), held, true],
    ['release: an earlier epoch', releaseLock(KEY, 'r1', 0), held, false],
    ['release: another run', releaseLock(KEY, 'r2', 1), held, false],
    ['create run: there is none', createRun(KEY, {}), undefined, true],
    ['create run: there is one', createRun(KEY, {}), { rev: 1 }, false],
    ['transition run: as read', transitionRun(KEY, 1, 3, {}), { epoch: 1, rev: 3 }, true],
    ['transition run: taken over', transitionRun(KEY, 1, 3, {}), { epoch: 2, rev: 3 }, false],
    ['transition run: moved on', transitionRun(KEY, 1, 3, {}), { epoch: 1, rev: 4 }, false],
    ['command run: as read', commandRun(KEY, 3, {}), { epoch: 9, rev: 3 }, true],
    ['command run: moved on', commandRun(KEY, 3, {}), { rev: 4 }, false],
    ['create item: there is none', createItem(KEY, 1, {}), undefined, true],
    ['create item: it is seized', createItem(KEY, 1, {}), { epoch: 2 }, false],
    ['transition item: as read', transitionItem(KEY, 1, 3, {}), { epoch: 1, rev: 3 }, true],
    ['transition item: taken over', transitionItem(KEY, 1, 3, {}), { epoch: 2, rev: 3 }, false],
    ['transition item: moved on', transitionItem(KEY, 1, 3, {}), { epoch: 1, rev: 4 }, false],
    ['seize item: it never began', seizeItem(KEY, 2, 'back'), undefined, true],
    ['seize item: older', seizeItem(KEY, 2, 'back'), { epoch: 1 }, true],
    ['seize item: as new', seizeItem(KEY, 2, 'back'), { epoch: 2 }, false],
  ])('%s', async (_, write, found, let_in) => {
    expect(await lets(write, found)).toBe(let_in);
  });
});

describe('what the writes leave', () => {
  it('an acquired lock has a higher fence, a seized or retaken one the same', async () => {
    const { store } = runBed();
    const fenceAfter = async (write: Write) => {
      const result = await store.write(write);
      return result.applied ? result.item['fence'] : 'refused';
    };
    expect(await fenceAfter(acquireLock(KEY, CLAIM))).toBe(1);
    expect(await fenceAfter(seizeLock(KEY, 'r1', 3, 1))).toBe(1);
    expect(await fenceAfter(releaseLock(KEY, 'r1', 3))).toBe(1);
    expect(await fenceAfter(retakeLock(KEY, CLAIM, 1))).toBe(1);
    expect(await fenceAfter(releaseLock(KEY, 'r1', 2))).toBe(1);
    expect(await fenceAfter(acquireLock(KEY, { ...CLAIM, runId: 'r2' }))).toBe(2);
  });

  it('every transition counts the revision up', async () => {
    const { store, item } = runBed();
    await store.write(createItem(KEY, 1, { status: 'prepared' }));
    await store.write(transitionItem(KEY, 1, 1, { set: { status: 'working' } }));
    await store.write(seizeItem(KEY, 2, 'back'));
    expect(await item(KEY)).toMatchObject({ rev: 3, status: 'working', direction: 'back', epoch: 2 });
  });

  it.each([
    acquireLock(KEY, CLAIM),
    retakeLock(KEY, CLAIM, 1),
    createRun(KEY, {}),
    createItem(KEY, 1, {}),
    seizeItem(KEY, 1, 'back'),
  ])('$name says by which schema', ({ set }) => {
    expect(set?.['schemaVersion']).toBe(SCHEMA_VERSION);
  });
});

describe('an item', () => {
  it('of this release, or from before there were versions, can be read', () => {
    for (const item of [KEY, { ...KEY, schemaVersion: SCHEMA_VERSION }]) expect(readable(item)).toBe(item);
  });

  it('of a newer release is refused, whatever else it holds', () => {
    const newer = { ...KEY, schemaVersion: SCHEMA_VERSION + 1 };
    for (const read of [readable, readRun, readWork]) expect(() => read(newer)).toThrow(SchemaTooNewError);
    expect(() => readable(newer)).toThrow('X#1 X was written by a newer release (schema 2; this one reads up to 1)');
  });
});
