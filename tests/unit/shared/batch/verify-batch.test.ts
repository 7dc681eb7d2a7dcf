import { describe, expect, it } from 'vitest';
import { readBatchProgress } from '../../../../shared/batch/batch-progress.ts';
import { verifyBatch } from '../../../../shared/batch/verify-batch.ts';
import type { Transform } from '../../../../shared/plan/define-task.ts';
import type { DataRecord } from '../../../../shared/ports/tables.ts';
import { BatchWorld, renamed, type WorldOptions, withTables } from './batch-world.ts';

const migrated = async (options: WorldOptions = {}): Promise<BatchWorld> => {
  const world = new BatchWorld(options);
  await world.prepare();
  await world.work();
  return world;
};

const verificationOf = async (world: BatchWorld) => readBatchProgress(await world.componentState()).verification;

/** Records 17 and 18 come out under one key. */
const colliding =
  (same: boolean): Transform =>
  (record) =>
    record['id'] === 17 || record['id'] === 18
      ? { pk: 'P#x', fullName: same ? 'twin' : (record['name'] ?? null) }
      : renamed(record);

const OLD = [
  { pk: 'P#3', fullName: 'before' },
  { pk: 'Q#1', fullName: 'untouched' },
];

describe('verifyBatch', () => {
  it('finds everything in place after a migration', async () => {
    const world = await migrated();
    const outcome = await world.verify();
    expect(outcome).toMatchObject({
      outcome: 'done',
      outputs: { records: { read: 200, written: 200, quarantined: 0, kept: 0 }, verification: { compared: 200, mismatches: 0 } },
    });
    expect(await verificationOf(world)).toMatchObject({ compared: 200, mismatches: 0, sample: [], actual: { count: 200 } });
  });

  it('answers the same when it is called again', async () => {
    const world = await migrated();
    const first = await world.verify();
    expect(await world.verify()).toEqual(first);
  });

  it('takes as many slices as it needs', async () => {
    const world = await migrated();
    const deps = withTables(world, {
      scan: async (table, options) => {
        world.clock.time += 30_000;
        return world.tables.scan(table, { ...options, limit: 30 });
      },
    });
    expect(await verifyBatch(deps, world.job, world.slice())).toEqual({ outcome: 'more' });
    expect(await world.verify(deps)).toMatchObject({ outcome: 'done' });
    expect(await verificationOf(world)).toMatchObject({ compared: 200, actual: await world.checksum('persons') });
  });

  it('names a record that was lost, with its fields', async () => {
    const world = await migrated();
    await world.tables.write('persons', { remove: [{ pk: 'P#5' }], deadline: world.clock.now() });
    const outcome = await world.verify();
    expect(outcome).toMatchObject({ outcome: 'failed', code: 'VERIFICATION_FAILED' });
    expect(await verificationOf(world)).toMatchObject({
      mismatches: 1,
      sample: [{ key: { pk: 'P#5' }, problem: 'missing', fields: { fullName: { expected: 'Person 5' } } }],
    });
  });

  it('names a record that was altered, field by field', async () => {
    const world = await migrated();
    await world.tables.write('persons', { put: [{ pk: 'P#5', fullName: 'X', city: 'City 5' }], deadline: world.clock.now() });
    expect(await world.verify()).toMatchObject({ outcome: 'failed' });
    expect((await verificationOf(world))?.sample).toEqual([
      { key: { pk: 'P#5' }, problem: 'different', fields: { fullName: { expected: 'Person 5', actual: 'X' } } },
    ]);
  });

  it('names a record that nobody made', async () => {
    const world = await migrated();
    await world.tables.write('persons', { put: [{ pk: 'ghost', a: 1 }], deadline: world.clock.now() });
    expect(await world.verify()).toMatchObject({ outcome: 'failed' });
    expect(await verificationOf(world)).toMatchObject({
      mismatches: 1,
      sample: [{ key: { pk: 'ghost' }, problem: 'unexpected' }],
    });
  });

  it.each([
    ['two different records', false, []],
    ['two equal records', true, []],
    ['two different records, in a target that held others', false, OLD],
  ])('names the key that %s share', async (_, same, target) => {
    const world = await migrated({ transform: colliding(same), target });
    expect(await world.verify()).toMatchObject({
      outcome: 'failed',
      message: expect.stringContaining('{"pk":"P#x"} (collision)'),
    });
    expect(await verificationOf(world)).toMatchObject({ mismatches: 1, sample: [{ key: { pk: 'P#x' }, problem: 'collision' }] });
  });

  it('names the key that two records share in a live target', async () => {
    const world = await migrated({ transform: colliding(false), component: { target: 'live' } });
    expect(await world.verify()).toMatchObject({ outcome: 'failed', message: expect.stringContaining('collision') });
  });

  it('counts what the target held before and was not overwritten', async () => {
    const world = await migrated({ target: OLD });
    expect(await world.verify()).toMatchObject({ outcome: 'done' });
    expect(await verificationOf(world)).toMatchObject({ compared: 200, mismatches: 0, actual: { count: 201 } });
  });

  it('finds that what was there before has been touched', async () => {
    const world = await migrated({ target: OLD });
    await world.tables.write('persons', { put: [{ pk: 'Q#1', fullName: 'touched' }], deadline: world.clock.now() });
    expect(await world.verify()).toMatchObject({ outcome: 'failed', code: 'VERIFICATION_FAILED' });
  });

  it('does not complain of records that the application wrote to a live target', async () => {
    const world = new BatchWorld({ component: { target: 'live' } });
    await world.prepare();
    await world.tables.write('persons', { put: [{ pk: 'P#3', fullName: 'newer' }], deadline: world.clock.now() });
    await world.work();
    await world.tables.write('persons', { put: [{ pk: 'P#4', fullName: 'newer still' }], remove: [{ pk: 'P#6' }], deadline: 0 });
    expect(await world.verify()).toMatchObject({ outcome: 'done', outputs: { records: { kept: 1, written: 199 } } });
  });

  it('is content with a live target whose application has written what changed in the source to both', async () => {
    const world = await migrated({ component: { target: 'live' } });
    const changed = [
      { id: 4, name: 'Newer', city: 'City 4' },
      { id: 1000, name: 'New', city: 'City 1' },
    ];
    await world.tables.write('people', { put: changed, remove: [{ id: 9 }], deadline: 0 });
    const both = changed.map((record) => renamed(record) as DataRecord);
    await world.tables.write('persons', { put: both, remove: [{ pk: 'P#9' }], deadline: 0 });
    expect(await world.verify()).toMatchObject({ outcome: 'done', outputs: { verification: { compared: 200, mismatches: 0 } } });
  });

  it('names what changed in the source alone under a live target', async () => {
    const world = await migrated({ component: { target: 'live' } });
    const changed = [
      { id: 4, name: 'Newer', city: 'City 4' },
      { id: 1000, name: 'New', city: 'City 1' },
    ];
    await world.tables.write('people', { put: changed, deadline: 0 });
    expect(await world.verify()).toMatchObject({
      outcome: 'failed',
      code: 'VERIFICATION_FAILED',
      message: expect.stringMatching(/^2 of 201 records are not in persons .*; people has changed since it was migrated$/),
    });
    const { sample = [] } = (await verificationOf(world)) ?? {};
    expect(sample.map(({ key, problem }) => [key['pk'], problem]).sort()).toEqual([
      ['P#1000', 'missing'],
      ['P#4', 'different'],
    ]);
  });

  it.each([
    ['that was empty', []],
    ['that held others', OLD],
  ])('says that the source has changed where a quiescent target %s holds what was written', async (_, target) => {
    const world = await migrated({ target });
    await world.tables.write('people', { put: [{ id: 1000, name: 'New', city: 'City 1' }], deadline: 0 });
    const outcome = await world.verify();
    expect(outcome).toMatchObject({
      message: expect.stringMatching(/"P#1000"\} \(missing\).*; people has changed since it was/),
    });
    await world.tables.write('persons', { put: [{ pk: 'P#9', fullName: 'other' }], deadline: 0 });
    expect(await world.verify()).toMatchObject({ message: expect.not.stringContaining('has changed since') });
  });

  it('gives the application time to write to the second table what it wrote to the first', async () => {
    const world = await migrated({ component: { target: 'live' } });
    const newer = { id: 4, name: 'Newer', city: 'City 4' };
    await world.tables.write('people', { put: [newer], deadline: 0 });
    const sleep = async (ms: number) => {
      world.clock.time += ms;
      await world.tables.write('persons', { put: [renamed(newer) as DataRecord], deadline: 0 });
    };
    const clock = { now: () => world.clock.now(), sleep };
    expect(await world.verify({ ...world.deps, clock })).toMatchObject({ outcome: 'done' });
  });

  it('tells of large records that are wrong no more than its item can hold', async () => {
    const large = (record: DataRecord) => `${record['id']} ${'x'.repeat(20_000)}`;
    const world = await migrated({
      records: 150,
      transform: (record) => ({ pk: `P#${Number(record['id']) % 50}`, large: large(record), also: [large(record)] }),
      component: { sample: 10_000, checkpoint: { records: 10, every: '5s' } },
    });
    expect(await world.verify()).toMatchObject({ outcome: 'failed', code: 'VERIFICATION_FAILED' });
    const { sample = [], mismatches } = (await verificationOf(world)) ?? {};
    expect(mismatches).toBe(100);
    expect(sample.length).toBe(100);
    expect(JSON.stringify(sample).length).toBeLessThan(110_000);
  });

  it('keeps as many mismatches as there is room for', async () => {
    const world = await migrated({ records: 3000, component: { sample: 10_000, checkpoint: { records: 1000, every: '5s' } } });
    const remove = (await world.contents('persons')).map(({ pk = null }) => ({ pk }));
    await world.tables.write('persons', { remove, deadline: 0 });
    expect(await world.verify()).toMatchObject({ outcome: 'failed', message: expect.stringContaining('3000 of 3000') });
    expect((await verificationOf(world))?.sample.length).toBeGreaterThan(500);
  });

  it('fails where more records are in quarantine than tolerated', async () => {
    const transform: Transform = (record) => {
      if (Number(record['id']) % 50 === 0) throw new Error('no name');
      return renamed(record);
    };
    const strict = await migrated({ transform, component: { tolerate: '1%' } });
    expect(await strict.verify()).toMatchObject({ outcome: 'failed', code: 'TOO_MANY_QUARANTINED' });
    const lenient = await migrated({ transform, component: { tolerate: '2%' } });
    expect(await lenient.verify()).toMatchObject({ outcome: 'done', outputs: { records: { quarantined: 4, written: 196 } } });
  });

  it('waits while the run is paused', async () => {
    const world = await migrated();
    await world.store.write({ name: 'test', key: { pk: 'RUN#run1', sk: 'RUN' }, set: { status: 'pausing' }, when: [] });
    expect(await world.verify()).toEqual({ outcome: 'paused' });
  });
});
