import { describe, expect, it } from 'vitest';
import { listQuarantine } from '../../../../shared/batch/quarantine.ts';
import { retryQuarantine } from '../../../../shared/batch/retry-quarantine.ts';
import { RunStateError } from '../../../../shared/errors/run-errors.ts';
import type { Transform } from '../../../../shared/plan/define-task.ts';
import { BatchWorld, Mortal, renamed, untilDeath, untilDone, type WorldOptions, withTables } from './batch-world.ts';

const failingFor =
  (...ids: number[]): Transform =>
  (record) => {
    if (ids.includes(Number(record['id']))) throw new Error('unlucky');
    return renamed(record);
  };

const migrated = async (options: WorldOptions): Promise<BatchWorld> => {
  const world = new BatchWorld({ component: { tolerate: '10%' }, ...options });
  await world.prepare();
  await world.work();
  return world;
};

const retry = (world: BatchWorld, deps = world.deps) =>
  untilDone(world.clock, () => retryQuarantine(deps, world.job, world.slice()));

const keysOf = async (world: BatchWorld): Promise<unknown[]> => {
  const keys: unknown[] = [];
  for await (const { key } of listQuarantine(world.deps, world.job, await world.segments())) keys.push(key['id']);
  return keys.sort((a, b) => Number(a) - Number(b));
};

/** Artefacts that take a while to be kept. */
const slowly = (world: BatchWorld, ms: number) =>
  new Proxy(world.artefacts, {
    get: (target, name) => {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== 'function') return method;
      if (name === 'putOnce') world.clock.time += ms / 2;
      return method.bind(target);
    },
  });

describe('retryQuarantine', () => {
  it('migrates what the transform can do now, and keeps the rest', async () => {
    const world = await migrated({ transform: failingFor(3, 50, 120, 121) });
    expect(await keysOf(world)).toEqual([3, 50, 120, 121]);
    world.transform = failingFor(50);
    expect(await retry(world)).toEqual({ outcome: 'done', succeeded: 3, failed: [{ key: { id: 50 }, error: 'unlucky' }] });
    expect(await keysOf(world)).toEqual([50]);
    expect(await world.totals()).toMatchObject({ read: 200, written: 199, quarantined: 1 });
    expect(await world.verify()).toMatchObject({ outcome: 'done', outputs: { records: { quarantined: 1 } } });
    world.transform = renamed;
    expect(await retry(world)).toEqual({ outcome: 'done', succeeded: 1, failed: [] });
    expect(await world.verify()).toMatchObject({ outcome: 'done' });
    expect(await world.contents('persons')).toHaveLength(200);
  });

  it('tries again what the store refused', async () => {
    const world = await migrated({ transform: (record) => (record['id'] === 42 ? { pk: '' } : renamed(record)) });
    expect(await retry(world)).toMatchObject({ outcome: 'done', succeeded: 0, failed: [{ key: { id: 42 } }] });
    expect(await keysOf(world)).toEqual([42]);
    world.transform = renamed;
    expect(await retry(world)).toMatchObject({ succeeded: 1 });
    expect(await world.verify()).toMatchObject({ outcome: 'done', outputs: { records: { written: 200, quarantined: 0 } } });
  });

  it('is undone with the rest', async () => {
    const target = [{ pk: 'P#3', fullName: 'before' }];
    const world = await migrated({ transform: failingFor(3, 50), target });
    const before = await new BatchWorld({ target }).checksum('persons');
    world.transform = renamed;
    await retry(world);
    await world.seize();
    expect(await world.undo()).toEqual({ outcome: 'done' });
    expect(await world.checksum('persons')).toEqual(before);
  });

  it.each([false, true])('comes to the same end after a death at any call (the call lands: %s)', async (lands) => {
    const options = {
      transform: failingFor(3, 50),
      target: [{ pk: 'P#3', fullName: 'before' }],
      component: { segments: 1, tolerate: '10%' },
    };
    for (let at = 1, ended = false; !ended; at += 1) {
      const world = await migrated(options);
      world.transform = renamed;
      ended = (await untilDeath(() => retry(world, new Mortal(at, lands).wrap(world.deps)))) === 'ended';
      expect(await retry(world)).toMatchObject({ outcome: 'done', failed: [] });
      expect(await keysOf(world)).toEqual([]);
      expect(await world.totals()).toMatchObject({ written: 200, quarantined: 0 });
      expect(await world.verify()).toMatchObject({ outcome: 'done' });
    }
  });

  it('takes as many calls as it needs, each telling what it did', async () => {
    const world = await migrated({ records: 4000, transform: failingFor(...Array(2000).keys()), component: { tolerate: '60%' } });
    world.transform = renamed;
    const parts: unknown[] = [];
    for (let more = true; more; ) {
      const deps = { ...world.deps, artefacts: slowly(world, 4000) };
      const done = await retryQuarantine(deps, world.job, world.slice(13_000));
      parts.push(done.outcome === 'wait' ? done : done.succeeded);
      more = done.outcome === 'more';
    }
    expect(parts.length).toBeGreaterThan(1);
    expect(parts.reduce((sum, part) => Number(sum) + Number(part), 0)).toBe(2000);
    expect(await world.verify()).toMatchObject({ outcome: 'done', outputs: { records: { quarantined: 0, written: 4000 } } });
  });

  it('tells until when an attempt may be under way that nobody heard the end of', async () => {
    const world = await migrated({ transform: failingFor(3) });
    world.transform = renamed;
    const gone = withTables(world, { get: () => Promise.reject(new Error('gone')) });
    await expect(retryQuarantine(gone, world.job, world.slice(13_000))).rejects.toThrow('gone');
    const answer = await retryQuarantine(world.deps, world.job, world.slice(13_000));
    expect(answer).toEqual({ outcome: 'wait', until: world.clock.now() + 15_000 });
  });

  it('waits until the segments are migrated', async () => {
    const world = new BatchWorld();
    await world.prepare();
    await expect(retry(world)).rejects.toThrow(RunStateError);
  });
});
