import { describe, expect, it } from 'vitest';
import { workSegment } from '../../../../shared/batch/work-segment.ts';
import { StoreThrottledError, StoreUnansweredError } from '../../../../shared/errors/store-errors.ts';
import type { Tables } from '../../../../shared/ports/tables.ts';
import { componentKey, segmentKey } from '../../../../shared/run/keys.ts';
import { seizeItem } from '../../../../shared/run/writes.ts';
import { BatchWorld, untilDone, type WorldOptions, withTables } from './batch-world.ts';

const prepared = async (options: WorldOptions = {}): Promise<BatchWorld> => {
  const world = new BatchWorld(options);
  await world.prepare();
  return world;
};

const ONE = { segments: 1, checkpoint: { records: 40, every: '5s' } };

describe('a live target', () => {
  const live = { component: { target: 'live' } };

  it('keeps what the application wrote before, and lists it', async () => {
    const world = await prepared(live);
    await world.tables.writeIf('persons', { pk: 'P#8' }, { pk: 'P#8', fullName: 'newer' }, { absent: true });
    await world.work();
    expect(await world.totals()).toMatchObject({ written: 199, kept: 1 });
    expect(await world.contents('persons')).toContainEqual({ pk: 'P#8', fullName: 'newer' });
    const kept: string[] = [];
    for await (const path of world.artefacts.list('runs/run1/people/kept/')) {
      kept.push(new TextDecoder().decode(await world.artefacts.get(path)));
    }
    expect(kept).toEqual(['{"key":{"pk":"P#8"}}']);
  });

  it('keeps what the application writes between the look and the write', async () => {
    const world = await prepared(live);
    const writeIf: Tables['writeIf'] = async (table, key, record, provenance) => {
      if (key['pk'] === 'P#8') await world.tables.write(table, { put: [{ pk: 'P#8', fullName: 'newest' }], deadline: 0 });
      return world.tables.writeIf(table, key, record, provenance);
    };
    await world.work(withTables(world, { writeIf }));
    expect(await world.totals()).toMatchObject({ written: 199, kept: 1 });
    expect(await world.contents('persons')).toContainEqual({ pk: 'P#8', fullName: 'newest' });
    await world.seize();
    expect(await world.undo()).toEqual({ outcome: 'done' });
    expect(await world.contents('persons')).toEqual([{ pk: 'P#8', fullName: 'newest' }]);
  });

  it('sends no request that could outlive the deadline', async () => {
    const world = await prepared({ component: { ...ONE, target: 'live' } });
    const late: number[] = [];
    const writeIf: Tables['writeIf'] = async (table, key, record, provenance) => {
      const { intent } = await world.segmentState(0);
      late.push(world.clock.now() + 5000 - (intent?.deadline ?? 0));
      world.clock.time += 400;
      return world.tables.writeIf(table, key, record, provenance);
    };
    await workSegment(withTables(world, { writeIf }), world.job, 0, world.slice());
    expect(late.length).toBeGreaterThan(20);
    expect(Math.max(...late)).toBeLessThanOrEqual(0);
    expect(world.events.some(({ type }) => type === 'stepFailed')).toBe(true);
  });

  it('is undone without touching what the application writes at that moment', async () => {
    const world = await prepared(live);
    await world.work();
    await world.seize();
    const writeIf: Tables['writeIf'] = async (table, key, record, provenance) => {
      if (key['pk'] === 'P#9') await world.tables.write(table, { put: [{ pk: 'P#9', fullName: 'newest' }], deadline: 0 });
      return world.tables.writeIf(table, key, record, provenance);
    };
    expect(await world.undo(withTables(world, { writeIf }))).toEqual({ outcome: 'done' });
    expect(await world.contents('persons')).toEqual([{ pk: 'P#9', fullName: 'newest' }]);
    expect((await world.componentState()).notUndone).toEqual([expect.stringContaining('P#9')]);
  });
});

describe('a segment without a checkpoint', () => {
  const refusing = (world: BatchWorld, error: () => Error) =>
    withTables(world, {
      write: async () => {
        world.clock.time += 20_000;
        throw error();
      },
    });
  const patient = { patienceMs: 600_000, retry: { attempts: 10, maxDelays: [3_600_000], circuit: { failures: 5, openFor: 1 } } };

  it.each([
    ['throttled', () => new StoreThrottledError('slow down')],
    ['unanswered', () => new StoreUnansweredError('no answer')],
  ])('fails once it was %s for so long, and nothing of it is under way', async (_, error) => {
    const world = await prepared({ component: ONE });
    const begun = world.clock.now();
    const deps = refusing(world, error);
    const end = await untilDone(world.clock, () => workSegment(deps, { ...world.job, ...patient }, 0, world.slice()));
    expect(end).toMatchObject({ outcome: 'failed', code: 'TIMED_OUT', message: expect.stringContaining('timeouts.migrate') });
    expect(end).toMatchObject({ message: expect.stringMatching(/^Interval 0 of segment 0 of people .* within 10m /) });
    expect(world.clock.now() - begun).toBeGreaterThanOrEqual(600_000);
    expect(world.clock.now() - begun).toBeLessThan(700_000);
    const { intent, failure } = await world.segmentState(0);
    expect(failure).toMatchObject({ code: 'TIMED_OUT' });
    expect(intent?.ended === true || world.clock.now() >= (intent?.deadline ?? 0) + 2000).toBe(true);
  });

  it('goes on in another epoch as if nothing had been, and rolls back to what was', async () => {
    const world = await prepared({ component: ONE, target: [{ pk: 'P#3', fullName: 'Old' }] });
    const before = await world.checksum('persons');
    const deps = refusing(world, () => new StoreThrottledError('slow down'));
    const call = () => workSegment(deps, { ...world.job, ...patient }, 0, world.slice());
    expect(await untilDone(world.clock, call)).toMatchObject({ code: 'TIMED_OUT' });
    world.epoch += 1;
    for (const key of [componentKey('run1', 'people'), segmentKey('run1', 'people', 0)]) {
      await world.store.write(seizeItem(key, world.epoch, 'forward'));
    }
    const again = () => workSegment(world.deps, { ...world.job, ...patient }, 0, world.slice());
    expect(await untilDone(world.clock, again)).toEqual({ outcome: 'done' });
    expect(await world.totals()).toMatchObject({ read: 200, written: 200 });
    await world.seize();
    expect(await world.undo()).toEqual({ outcome: 'done' });
    expect(await world.checksum('persons')).toEqual(before);
  });
});
