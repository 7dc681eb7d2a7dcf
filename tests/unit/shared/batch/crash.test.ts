import { describe, expect, it } from 'vitest';
import { listQuarantine } from '../../../../shared/batch/quarantine.ts';
import type { Transform } from '../../../../shared/plan/define-task.ts';
import type { DataRecord } from '../../../../shared/ports/tables.ts';
import { BatchWorld, Mortal, renamed, untilDeath, type WorldOptions } from './batch-world.ts';

const RECORDS = 110;
const INTERVAL = 30;

const failing: Transform = (record) => {
  if (Number(record['id']) % 25 === 0) throw new Error('unlucky');
  return renamed(record);
};

const OLD: DataRecord[] = [
  { pk: 'P#3', fullName: 'before' },
  { pk: 'P#77', fullName: 'Person 77', city: 'City 0' },
  { pk: 'Q#1', fullName: 'untouched' },
];

const CASES: [string, WorldOptions][] = [
  ['an empty target', { target: [] }],
  ['a target with items', { target: OLD }],
  ['a live target', { target: OLD, component: { target: 'live' } }],
];

const worldOf = (options: WorldOptions): BatchWorld =>
  new BatchWorld({
    records: RECORDS,
    transform: failing,
    ...options,
    component: { segments: 1, checkpoint: { records: INTERVAL, every: '5s' }, tolerate: '10%', ...options.component },
  });

const quarantineOf = async (world: BatchWorld) => {
  const keys: unknown[] = [];
  for await (const { key, error } of listQuarantine(world.deps, world.job, await world.segments())) keys.push({ key, error });
  return keys;
};

const resultOf = async (world: BatchWorld) => ({
  contents: await world.contents('persons'),
  totals: await world.totals(),
  quarantine: await quarantineOf(world),
});

const uninterrupted = async (options: WorldOptions) => {
  const world = worldOf(options);
  await world.prepare();
  const process = new Mortal();
  await world.work(process.wrap(world.deps));
  return { result: await resultOf(world), calls: process.calls, put: world.tables.put };
};

describe.each(CASES)('a batch into %s', (_, options) => {
  it.each([false, true])('comes to the same end after a death at any call (the call lands: %s)', async (lands) => {
    const whole = await uninterrupted(options);
    expect(whole.result.quarantine).toHaveLength(5);
    for (let at = 1; at <= whole.calls; at += 1) {
      const world = worldOf(options);
      await world.prepare();
      expect(await untilDeath(() => world.work(new Mortal(at, lands).wrap(world.deps)))).toBe('died');
      expect(await world.work()).toEqual([{ outcome: 'done' }]);
      expect(await resultOf(world)).toEqual(whole.result);
      expect(world.tables.put).toBeLessThanOrEqual(whole.put + INTERVAL);
      expect(await world.verify()).toMatchObject({ outcome: 'done' });
    }
  });

  it('comes to the same end after two deaths', async () => {
    const whole = await uninterrupted(options);
    for (let at = 5; at <= whole.calls; at += 3) {
      const world = worldOf(options);
      await world.prepare();
      await untilDeath(() => world.work(new Mortal(at, true).wrap(world.deps)));
      await untilDeath(() => world.work(new Mortal(9, true).wrap(world.deps)));
      await world.work();
      expect(await resultOf(world)).toEqual(whole.result);
      expect(await world.verify()).toMatchObject({ outcome: 'done' });
    }
  });

  it.each([false, true])('is taken back from every half-way point (the call lands: %s)', async (lands) => {
    const before = await worldOf(options).checksum('persons');
    const { calls } = await uninterrupted(options);
    for (let at = 1; at <= calls; at += 1) {
      const world = worldOf(options);
      await world.prepare();
      await untilDeath(() => world.work(new Mortal(at, lands).wrap(world.deps)));
      await world.seize();
      expect(await world.undo()).toEqual({ outcome: 'done' });
      expect(await world.checksum('persons')).toEqual(before);
      expect((await world.componentState()).notUndone).toBeUndefined();
    }
  });

  it.each([false, true])('is taken back even if the undo dies at any call (the call lands: %s)', async (lands) => {
    const before = await worldOf(options).checksum('persons');
    for (let at = 1, ended = false; !ended; at += 1) {
      const world = worldOf(options);
      await world.prepare();
      await untilDeath(() => world.work(new Mortal(25, true).wrap(world.deps)));
      await world.work();
      await world.seize();
      ended = (await untilDeath(() => world.undo(new Mortal(at, lands).wrap(world.deps)))) === 'ended';
      expect(await world.undo()).toEqual({ outcome: 'done' });
      expect(await world.checksum('persons')).toEqual(before);
    }
  });

  it.each([false, true])('is prepared and verified after a death at any call (the call lands: %s)', async (lands) => {
    for (let at = 1, ended = false; !ended; at += 1) {
      const world = worldOf(options);
      ended = (await untilDeath(() => world.prepare(new Mortal(at, lands).wrap(world.deps)))) === 'ended';
      await world.prepare();
      await world.work();
      await untilDeath(() => world.verify(new Mortal(at, lands).wrap(world.deps)));
      expect(await world.verify()).toMatchObject({ outcome: 'done' });
    }
  });
});
