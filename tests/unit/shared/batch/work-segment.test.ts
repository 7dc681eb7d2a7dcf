import { describe, expect, it } from 'vitest';
import { listQuarantine } from '../../../../shared/batch/quarantine.ts';
import { workSegment } from '../../../../shared/batch/work-segment.ts';
import { SupersededError } from '../../../../shared/errors/run-errors.ts';
import { StoreRejectedError, StoreThrottledError, StoreUnansweredError } from '../../../../shared/errors/store-errors.ts';
import type { Transform } from '../../../../shared/plan/define-task.ts';
import type { DataRecord, Tables } from '../../../../shared/ports/tables.ts';
import { brokenAt } from '../../../../shared/run/event-chain.ts';
import { segmentKey } from '../../../../shared/run/keys.ts';
import { BatchWorld, Mortal, renamed, untilDeath, type WorldOptions, withTables } from './batch-world.ts';

const prepared = async (options: WorldOptions = {}): Promise<BatchWorld> => {
  const world = new BatchWorld(options);
  await world.prepare();
  return world;
};

const ONE = { segments: 1, checkpoint: { records: 40, every: '5s' } };

const quarantineOf = async (world: BatchWorld): Promise<{ key: DataRecord; error: string }[]> => {
  const found: { key: DataRecord; error: string }[] = [];
  for await (const { key, error } of listQuarantine(world.deps, world.job, await world.segments())) found.push({ key, error });
  return found;
};

type BulkWrite = Tables['write'];

describe('workSegment', () => {
  it('migrates every record into an empty target', async () => {
    const world = await prepared();
    expect(await world.work()).toEqual([{ outcome: 'done' }, { outcome: 'done' }]);
    const contents = await world.contents('persons');
    expect(contents).toHaveLength(200);
    expect(contents).toContainEqual({ pk: 'P#17', fullName: 'Person 17', city: 'City 3' });
    expect(await world.totals()).toMatchObject({ read: 200, written: 200, quarantined: 0, kept: 0 });
    expect((await world.totals()).sum).toEqual(await world.checksum('persons'));
  });

  it('makes of a record as many as the transform returns', async () => {
    const transform: Transform = (record) => {
      const id = Number(record['id']);
      return id % 2 === 0 ? [] : [renamed(record) as DataRecord, { pk: `copy-${id}` }];
    };
    const world = await prepared({ transform });
    await world.work();
    expect(await world.totals()).toMatchObject({ read: 200, written: 200 });
    expect(await world.verify()).toMatchObject({ outcome: 'done' });
  });

  it('writes one checkpoint for an interval, and an unbroken chain of events', async () => {
    const world = await prepared({ component: ONE });
    await world.work();
    const state = await world.segmentState(0);
    expect(state).toMatchObject({ status: 'worked', cursor: 5 });
    expect(state.intent).toBeUndefined();
    const [progress] = await world.segments();
    expect(progress?.writes).toEqual({ data: 200, checkpoints: 6, events: 6 });
    const key = segmentKey('run1', 'people', 0);
    const { items } = await world.store.list(key.pk, { prefix: `EVENT#${key.sk}` });
    expect(items.map(({ type }) => type)).toEqual(['stepStarted', ...Array(5).fill('checkpointCreated')]);
    expect(brokenAt(key, items as never)).toBeUndefined();
  });

  it('makes progress durable after so long, also where few records were written', async () => {
    const world = await prepared({
      records: 3000,
      msPerRecord: 5,
      component: { segments: 1, interval: '5s', checkpoint: { records: 5000, every: '5s' } },
    });
    await world.work();
    expect((await world.segmentState(0)).cursor).toBeGreaterThanOrEqual(3);
  });

  it('tunes the batch size to the wanted interval', async () => {
    const world = await prepared({
      records: 3000,
      msPerRecord: 10,
      component: { segments: 1, checkpoint: { records: 1000, every: '20s' } },
    });
    await world.work();
    const [progress] = await world.segments();
    expect(progress?.batchSize).toBeGreaterThan(150);
    expect(progress?.batchSize).toBeLessThan(200);
  });

  it('stops before its slice is used up', async () => {
    const world = await prepared({ records: 400, msPerRecord: 50, component: ONE });
    const slice = world.slice(20_000);
    expect(await workSegment(world.deps, world.job, 0, slice)).toEqual({ outcome: 'more' });
    expect(world.clock.now()).toBeLessThanOrEqual(slice.until);
    expect((await world.segmentState(0)).intent).toBeUndefined();
    expect(await world.work()).toEqual([{ outcome: 'done' }]);
    expect(await world.totals()).toMatchObject({ read: 400, written: 400 });
  });

  it('sends nothing whose deadline lies beyond its slice', async () => {
    const world = await prepared({ msPerRecord: 20, component: ONE });
    const slice = world.slice(9000);
    const deadlines: number[] = [];
    const write: BulkWrite = (table, change) => {
      deadlines.push(change.deadline);
      return world.tables.write(table, change);
    };
    await workSegment(withTables(world, { write }), world.job, 0, slice);
    expect(deadlines.length).toBeGreaterThan(0);
    expect(Math.max(...deadlines)).toBeLessThanOrEqual(slice.until);
  });

  it('waits for an interval that somebody else began, then repeats it', async () => {
    const world = await prepared({ component: ONE });
    await untilDeath(() => world.work(new Mortal(12).wrap(world.deps)));
    const { intent } = await world.segmentState(0);
    const until = (intent?.deadline ?? 0) + 2000;
    expect(await workSegment(world.deps, world.job, 0, world.slice())).toEqual({ outcome: 'wait', until });
    world.clock.time = until;
    expect(await workSegment(world.deps, world.job, 0, world.slice())).toEqual({ outcome: 'done' });
  });

  it('lets no second invocation of the same epoch start the same segment', async () => {
    const world = await prepared({ component: ONE });
    const both = await Promise.allSettled([1, 2].map(() => workSegment(world.deps, world.job, 0, world.slice())));
    const ends = both.map((one) => (one.status === 'fulfilled' ? one.value.outcome : one.reason));
    expect(ends).toContain('done');
    expect(ends.find((end) => end !== 'done')).toSatisfy((end) => end === 'wait' || end instanceof SupersededError);
    expect(world.tables.put).toBe(200);
  });

  it('is refused once its epoch is superseded', async () => {
    const world = await prepared({ component: ONE });
    const { job } = world;
    await world.seize();
    await expect(workSegment(world.deps, job, 0, world.slice())).rejects.toThrow(SupersededError);
    expect(await world.contents('persons')).toEqual([]);
  });

  it.each([
    ['paused', { pk: 'RUN#run1', sk: 'RUN' }, { status: 'pausing' }],
    ['halted', { pk: 'HALT#test', sk: 'HALT' }, { active: true }],
  ])('starts no interval while the run is %s', async (outcome, key, set) => {
    const world = await prepared();
    await world.store.write({ name: 'test', key, set, when: [] });
    expect(await workSegment(world.deps, world.job, 0, world.slice())).toEqual({ outcome });
    expect(await world.contents('persons')).toEqual([]);
  });

  it('lets the interval under way end when the run is paused', async () => {
    const world = await prepared({ component: ONE });
    const write: BulkWrite = async (table, change) => {
      await world.store.write({ name: 'test', key: { pk: 'RUN#run1', sk: 'RUN' }, set: { status: 'pausing' }, when: [] });
      return world.tables.write(table, change);
    };
    expect(await workSegment(withTables(world, { write }), world.job, 0, world.slice())).toEqual({ outcome: 'paused' });
    expect(await world.segmentState(0)).toMatchObject({ cursor: 1, progress: { read: 40, written: 40 } });
    expect((await world.segmentState(0)).intent).toBeUndefined();
  });
});

describe('records that fail', () => {
  it('go to quarantine with key and error, and the others on', async () => {
    const transform: Transform = (record) => {
      if (record['id'] === 5) throw new Error('unlucky');
      return record['id'] === 6 ? { noKey: true } : renamed(record);
    };
    const world = await prepared({ transform });
    await world.work();
    expect(await world.totals()).toMatchObject({ read: 200, written: 198, quarantined: 2 });
    const found = await quarantineOf(world);
    expect(found).toHaveLength(2);
    expect(found).toContainEqual({ key: { id: 5 }, error: 'unlucky' });
    expect(found).toContainEqual({ key: { id: 6 }, error: expect.stringContaining("'pk'") });
  });

  it.each(['quiescent', 'live'])('go to quarantine where the store refuses them (%s)', async (target) => {
    const transform: Transform = (record) => (record['id'] === 42 ? { pk: '' } : renamed(record));
    const world = await prepared({ transform, component: { target, tolerate: '1%' } });
    await world.work();
    expect(await world.totals()).toMatchObject({ written: 199, quarantined: 1 });
    expect(await quarantineOf(world)).toEqual([{ key: { id: 42 }, error: expect.stringContaining('no key attribute') }]);
    if (target === 'quiescent') expect(await world.verify()).toMatchObject({ outcome: 'done' });
  });

  it.each(['quiescent', 'live'])('do not count as such where the store refuses them all (%s)', async (target) => {
    const world = await prepared({ component: { ...ONE, target } });
    const refuse = async (): Promise<never> => {
      throw new StoreRejectedError('No permission.');
    };
    const deps = withTables(world, { write: refuse, writeIf: refuse });
    expect(await workSegment(deps, world.job, 0, world.slice())).toEqual({
      outcome: 'failed',
      code: 'STORE_REJECTED',
      message: 'No permission.',
    });
    expect(await world.totals()).toMatchObject({ read: 0, quarantined: 0 });
  });
});

describe('a store that is not well', () => {
  it('is given smaller batches when it throttles', async () => {
    const world = await prepared({ component: ONE });
    const write: BulkWrite = async (table, change) => ({ ...(await world.tables.write(table, change)), throttled: true });
    await world.work(withTables(world, { write }));
    expect((await world.segments())[0]?.batchSize).toBeLessThanOrEqual(63);
    expect(await world.totals()).toMatchObject({ written: 200 });
  });

  it.each([
    ['throttles', () => new StoreThrottledError('Too much.')],
    ['does not answer', () => new StoreUnansweredError('Silence.')],
  ])('is tried again when it %s', async (_, error) => {
    const world = await prepared({ component: ONE });
    let calls = 0;
    const write: BulkWrite = async (table, change) => {
      calls += 1;
      if (calls % 3 === 1) throw error();
      return world.tables.write(table, change);
    };
    expect(await world.work(withTables(world, { write }))).toEqual([{ outcome: 'done' }]);
    expect(await world.totals()).toMatchObject({ read: 200, written: 200 });
    expect(await world.verify()).toMatchObject({ outcome: 'done' });
    expect(world.events.filter(({ type }) => type === 'stepFailed').length).toBeGreaterThan(1);
  });

  it('is given up after as many attempts as the plan allows', async () => {
    const world = await prepared({ component: ONE });
    const write: BulkWrite = async () => ({ unprocessed: 7, throttled: true });
    expect(await world.work(withTables(world, { write }))).toMatchObject([{ outcome: 'failed', code: 'STORE_THROTTLED' }]);
    expect(world.events.filter(({ type }) => type === 'stepFailed')).toHaveLength(5);
    expect(await world.segmentState(0)).toMatchObject({ failure: { code: 'STORE_THROTTLED' }, intent: { ended: true } });
  });

  it('goes on where it was once it is well again', async () => {
    const world = await prepared({ component: ONE });
    const write: BulkWrite = async () => ({ unprocessed: 7, throttled: true });
    await world.work(withTables(world, { write }));
    expect(await world.work()).toEqual([{ outcome: 'done' }]);
    expect(await world.verify()).toMatchObject({ outcome: 'done' });
  });

  it('is not waited for within the slice where there is no time left', async () => {
    const world = await prepared({ component: ONE });
    const write: BulkWrite = async () => {
      world.clock.time += 45_000;
      throw new StoreUnansweredError('Silence.');
    };
    const outcome = await workSegment(withTables(world, { write }), world.job, 0, world.slice());
    const { intent } = await world.segmentState(0);
    expect(intent?.ended).toBeUndefined();
    expect(outcome).toMatchObject({ outcome: 'wait' });
    expect('until' in outcome && outcome.until).toBeGreaterThanOrEqual((intent?.deadline ?? 0) + 2000);
  });
});
