import { describe, expect, it } from 'vitest';
import { listQuarantine } from '../../../../shared/batch/quarantine.ts';
import { retryQuarantine } from '../../../../shared/batch/retry-quarantine.ts';
import { RunStateError } from '../../../../shared/errors/run-errors.ts';
import type { Transform } from '../../../../shared/plan/define-task.ts';
import { BatchWorld, Mortal, renamed, untilDeath, untilDone, type WorldOptions } from './batch-world.ts';

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

  it('waits until the segments are migrated', async () => {
    const world = new BatchWorld();
    await world.prepare();
    await expect(retry(world)).rejects.toThrow(RunStateError);
  });
});
