import { describe, expect, it } from 'vitest';
import { readBatchProgress } from '../../../../shared/batch/batch-progress.ts';
import { workSegment } from '../../../../shared/batch/work-segment.ts';
import { StoreThrottledError, StoreUnansweredError } from '../../../../shared/errors/store-errors.ts';
import type { DataRecord, Tables } from '../../../../shared/ports/tables.ts';
import { BatchWorld, renamed, type WorldOptions, withTables } from './batch-world.ts';

const OLD: DataRecord[] = [
  { pk: 'P#3', fullName: 'before' },
  { pk: 'P#150', fullName: 'Person 150', city: 'City 3' },
  { pk: 'Q#1', fullName: 'untouched' },
];

const migrated = async (options: WorldOptions = {}): Promise<BatchWorld> => {
  const world = new BatchWorld(options);
  await world.prepare();
  await world.work();
  await world.seize();
  return world;
};

const put = (world: BatchWorld, record: DataRecord) =>
  world.tables.write('persons', { put: [record], deadline: world.clock.now() });
const undoOf = async (world: BatchWorld) => readBatchProgress(await world.componentState()).undo?.verification;

describe('undoBatch', () => {
  it.each([
    ['that was empty', []],
    ['that held items', OLD],
  ])('returns a target %s to what it was', async (_, target) => {
    const untouched = new BatchWorld({ target });
    const world = await migrated({ target });
    expect(await world.checksum('persons')).not.toEqual(await untouched.checksum('persons'));
    expect(await world.undo()).toEqual({ outcome: 'done' });
    expect(await world.checksum('persons')).toEqual(await untouched.checksum('persons'));
    expect(await undoOf(world)).toMatchObject({ same: true });
    expect((await world.componentState()).notUndone).toBeUndefined();
  });

  it('returns a live target to what it was', async () => {
    const world = await migrated({ component: { target: 'live' } });
    expect(await world.undo()).toEqual({ outcome: 'done' });
    expect(await world.contents('persons')).toEqual([]);
  });

  it('undoes a batch that is half done', async () => {
    const world = new BatchWorld({ target: OLD });
    const before = await world.checksum('persons');
    await world.prepare();
    expect(await workSegment(world.deps, world.job, 1, world.slice())).toEqual({ outcome: 'done' });
    await world.seize();
    expect(await world.undo()).toEqual({ outcome: 'done' });
    expect(await world.checksum('persons')).toEqual(before);
  });

  it('has nothing to undo where nothing was prepared', async () => {
    const world = new BatchWorld();
    await world.seize();
    expect(await world.undo()).toEqual({ outcome: 'done' });
  });

  it.each(['quiescent', 'live'])('keeps and lists what the application changed since (%s)', async (target) => {
    const world = await migrated({ component: { target } });
    await put(world, { pk: 'P#9', fullName: 'newer' });
    await world.tables.write('persons', { remove: [{ pk: 'P#10' }], deadline: world.clock.now() });
    expect(await world.undo()).toEqual({ outcome: 'done' });
    expect(await world.contents('persons')).toEqual([{ pk: 'P#9', fullName: 'newer' }]);
    expect((await world.componentState()).notUndone).toEqual(['{"pk":"P#9"}: the application changed it since']);
    expect(await undoOf(world)).toMatchObject({ same: true });
  });

  it('keeps a change of the application to a record that was there before', async () => {
    const world = await migrated({ target: OLD });
    await put(world, { pk: 'P#3', fullName: 'newest' });
    expect(await world.undo()).toEqual({ outcome: 'done' });
    expect(await world.contents('persons')).toContainEqual({ pk: 'P#3', fullName: 'newest' });
    expect(await undoOf(world)).toMatchObject({ same: true });
  });

  it('leaves what the application added, and says so', async () => {
    const world = await migrated();
    await put(world, { pk: 'new', fullName: 'new' });
    expect(await world.undo()).toEqual({ outcome: 'done' });
    expect(await world.contents('persons')).toEqual([{ pk: 'new', fullName: 'new' }]);
    expect((await world.componentState()).notUndone).toEqual([expect.stringContaining('1 records where 0 were expected')]);
  });

  it.each([
    ['empty', []],
    ['filled', OLD],
  ])('takes back records that wrote over each other (%s)', async (_, target) => {
    const world = await migrated({
      target,
      transform: (record) => ({ ...renamed(record), pk: `P#${Number(record['id']) % 90}` }),
    });
    const untouched = new BatchWorld({ target });
    expect(await world.undo()).toEqual({ outcome: 'done' });
    expect(await world.checksum('persons')).toEqual(await untouched.checksum('persons'));
  });

  it('refuses to call it done where manifests are gone, and goes on when they are back', async () => {
    const world = await migrated();
    const taken = new Map<string, Uint8Array>();
    for await (const key of world.artefacts.list('runs/run1/people/manifest/0000/')) {
      taken.set(key, (await world.artefacts.get(key)) ?? new Uint8Array());
      await world.artefacts.remove(key);
    }
    expect(await world.undo()).toMatchObject({ outcome: 'failed', code: 'UNDO_INCOMPLETE' });
    expect(await world.undo()).toMatchObject({ outcome: 'failed', code: 'UNDO_INCOMPLETE' });
    for (const [key, body] of taken) await world.artefacts.putOnce(key, body);
    expect(await world.undo()).toEqual({ outcome: 'done' });
    expect(await world.contents('persons')).toEqual([]);
  });

  it('tells how many it kept beyond those that it names, and where they are listed', async () => {
    const world = await migrated();
    const newer = (await world.contents('persons')).slice(0, 100).map(({ pk = null }) => ({ pk, fullName: 'newer' }));
    await world.tables.write('persons', { put: newer, deadline: 0 });
    expect(await world.undo()).toEqual({ outcome: 'done' });
    const { notUndone = [] } = await world.componentState();
    expect(notUndone).toHaveLength(41);
    expect(notUndone.at(-1)).toBe(
      '60 more that the application changed: their keys are in the artefacts, under runs/run1/people/undo-kept/',
    );
  });

  it('does not wait for a paused run', async () => {
    const world = await migrated();
    await world.store.write({ name: 'test', key: { pk: 'RUN#run1', sk: 'RUN' }, set: { status: 'paused' }, when: [] });
    expect(await world.undo()).toEqual({ outcome: 'done' });
  });

  it('undoes in as many slices as it takes', async () => {
    const world = new BatchWorld({ records: 400, msPerRecord: 200, component: { checkpoint: { records: 20, every: '1s' } } });
    await world.prepare();
    await world.work();
    await world.seize();
    expect(await world.undo()).toEqual({ outcome: 'done' });
    expect(await world.contents('persons')).toEqual([]);
  });

  it.each([
    ['throttles', () => new StoreThrottledError('Too much.')],
    ['does not answer', () => new StoreUnansweredError('Silence.')],
  ])('is tried again when the store %s', async (_, error) => {
    const world = await migrated({ target: OLD });
    const before = await new BatchWorld({ target: OLD }).checksum('persons');
    let calls = 0;
    const write: Tables['write'] = async (table, change) => {
      calls += 1;
      if (calls % 2 === 1) throw error();
      return world.tables.write(table, change);
    };
    expect(await world.undo(withTables(world, { write }))).toEqual({ outcome: 'done' });
    expect(await world.checksum('persons')).toEqual(before);
    expect((await world.segmentState(0)).failure).toBeUndefined();
  });

  it('fails where the store never takes it, and goes on when it is well again', async () => {
    const world = await migrated();
    const write: Tables['write'] = async () => ({ unprocessed: 3, throttled: true });
    expect(await world.undo(withTables(world, { write }))).toMatchObject({ outcome: 'failed', code: 'STORE_THROTTLED' });
    expect((await world.segmentState(0)).failure?.code).toBe('STORE_THROTTLED');
    expect(await world.undo()).toEqual({ outcome: 'done' });
    expect(await world.contents('persons')).toEqual([]);
  });

  it('names a manifest that is damaged, and goes on when it is as it was', async () => {
    const world = await migrated();
    const paths: string[] = [];
    for await (const key of world.artefacts.list('runs/run1/people/manifest/0000/')) paths.push(key);
    const [first = ''] = paths;
    const body = (await world.artefacts.get(first)) ?? new Uint8Array();
    const put = async (bytes: Uint8Array) => {
      await world.artefacts.remove(first);
      await world.artefacts.putOnce(first, bytes);
    };
    await put(body.subarray(0, -3));
    expect(await world.undo()).toMatchObject({ outcome: 'failed', message: `The artefact ${first} is damaged.` });
    await put(body);
    expect(await world.undo()).toEqual({ outcome: 'done' });
    expect(await world.contents('persons')).toEqual([]);
  });

  it('fails where a manifest is gone under its hands', async () => {
    const world = await migrated();
    const artefacts = Object.assign(Object.create(null) as typeof world.artefacts, {
      get: async () => undefined,
      list: (prefix: string) => world.artefacts.list(prefix),
    });
    expect(await world.undo({ ...world.deps, artefacts })).toMatchObject({
      outcome: 'failed',
      message: expect.stringContaining('is gone'),
    });
  });
});
