import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../../../adapters/memory/virtual-clock.ts';
import { Migration, type MigrationSettings } from '../../../../../shared/flags/migration/migration.ts';
import {
  MIGRATION_STAGES,
  type MigrationStage,
  type Side,
  STAGE_PLANS,
} from '../../../../../shared/flags/migration/migration-stage.ts';

type Settings = MigrationSettings<MigrationStage, string, unknown, string, unknown>;

function migrating(settings: Partial<Settings> = {}, clock = new VirtualClock()) {
  const calls: string[] = [];
  const side = (operation: string, name: Side) => async (input: string) => {
    calls.push(`${operation} ${name} ${input}`);
    return `${input}!`;
  };
  const read = { old: side('read', 'old'), new: side('read', 'new') };
  const write = { old: side('write', 'old'), new: side('write', 'new') };
  const machine = { clock, elapsed: () => clock.now(), random: () => 0.5 };
  return {
    calls,
    clock,
    migration: new Migration<MigrationStage, string, unknown, string, unknown>(
      { stage: (stage) => stage, read, write, ...settings },
      machine,
    ),
  };
}

/** Ways in which a side can behave, the worst included. */
const behaviours = {
  answers: async () => 'answer',
  rejects: async () => Promise.reject(new Error('rejected')),
  throws: () => {
    throw new Error('thrown');
  },
  hangs: () => new Promise<never>(() => undefined),
} as const;
const behaviour = fc.constantFrom(...(Object.keys(behaviours) as (keyof typeof behaviours)[]));
const boom = () => {
  throw new Error('boom');
};

describe('a migration', () => {
  it.each([
    ['off', ['read old r', 'write old w']],
    ['dual-write', ['read old r', 'write old w', 'write new w']],
    ['shadow', ['read old r', 'write old w', 'read new r', 'write new w']],
    ['live', ['read new r', 'write new w', 'read old r', 'write old w']],
    ['ramp-down', ['read new r', 'write new w', 'write old w']],
    ['complete', ['read new r', 'write new w']],
  ] as const)('asks in stage %s: %j', async (stage, expected) => {
    const { migration, calls } = migrating();
    expect(await migration.read('r', stage)).toBe('r!');
    expect(await migration.write('w', stage)).toBe('w!');
    await migration.settled();
    expect(calls).toEqual(expected);
  });

  it('never lets what the caller did not ask delay or fail it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...MIGRATION_STAGES), behaviour, fc.boolean(), async (stage, way, isWrite) => {
        const shadow = STAGE_PLANS[stage][isWrite ? 'write' : 'read'] === 'old' ? 'new' : 'old';
        const asked = async () => 'asked';
        const sides = { old: shadow === 'old' ? behaviours[way] : asked, new: shadow === 'new' ? behaviours[way] : asked };
        const hooks = { compare: boom, redact: boom, observe: boom };
        const { migration, clock } = migrating({ read: sides, write: { ...sides, keyOf: boom, missed: boom }, ...hooks });
        expect(await (isWrite ? migration.write('w', stage) : migration.read('r', stage))).toBe('asked');
        expect(clock.now()).toBe(0);
        const settled = migration.settled();
        await clock.runUntilIdle();
        await settled;
      }),
    );
  });

  it('begins the other side only after the caller has its answer', async () => {
    const order: string[] = [];
    const read = { old: async () => order.push('old'), new: () => order.push('new') };
    const { migration } = migrating({ read });
    await migration.read('r', 'shadow');
    order.push('caller');
    await migration.settled();
    expect(order).toEqual(['old', 'caller', 'new']);
  });

  it('throws what the asked side throws, except for a read in live', async () => {
    const failing = { old: async () => 'old', new: behaviours.rejects };
    const { migration } = migrating({ read: failing, write: failing });
    expect(await migration.read('r', 'live')).toBe('old');
    await expect(migration.read('r', 'ramp-down')).rejects.toThrow('rejected');
    await expect(migration.write('w', 'live')).rejects.toThrow('rejected');
    await migration.settled();
    expect(migration.figures).toMatchObject({ fallbacks: 1, missedWrites: 0, comparisons: 0 });
    expect(migration.figures.calls['old write'].calls).toBe(0);
    expect(migration.figures.calls['new read']).toMatchObject({ calls: 2, errors: 2, lastError: 'Error' });
  });

  it('throws what the new side said where both fail in live', async () => {
    const read = { old: behaviours.throws, new: behaviours.rejects };
    await expect(migrating({ read }).migration.read('r', 'live')).rejects.toThrow('rejected');
  });

  it('keeps mismatches without what they say, and the last ten', async () => {
    const read = { old: async (name: string) => ({ name, secret: 'hunter2', n: 1 }), new: async () => ({ name: 'x' }) };
    const { migration } = migrating({ read });
    for (let n = 0; n < 12; n += 1) await migration.read(`key-${n}`, n % 2 === 0 ? 'shadow' : 'live');
    await migration.settled();
    const { comparisons, mismatches, examples } = migration.figures;
    expect({ comparisons, mismatches }).toEqual({ comparisons: 12, mismatches: 12 });
    expect(examples).toHaveLength(10);
    expect(examples[0]).toEqual({
      at: 0,
      input: 'text of 5',
      old: { name: 'text of 5', secret: 'text of 7', n: 'number' },
      new: { name: 'text of 1' },
    });
    expect(JSON.stringify(migration.figures)).not.toContain('hunter2');
  });

  it('compares as it is told to, and keeps what redaction leaves', async () => {
    const read = { old: async () => 'A', new: async () => 'a' };
    const same = migrating({ read, compare: (a, b) => String(a).toLowerCase() === String(b).toLowerCase() }).migration;
    const other = migrating({ read, redact: (value) => `kept ${value}` }).migration;
    for (const migration of [same, other]) {
      await migration.read('r', 'shadow');
      await migration.settled();
    }
    expect(same.figures).toMatchObject({ comparisons: 1, mismatches: 0 });
    expect(other.figures.examples).toEqual([{ at: 0, input: 'kept r', old: 'kept A', new: 'kept a' }]);
  });

  it('compares a share of reads', async () => {
    const { migration } = migrating({ sample: 0.5 });
    const { migration: more } = migrating({ sample: 0.51 });
    for (const one of [migration, more]) {
      await one.read('r', 'shadow');
      await one.settled();
    }
    expect([migration.figures.comparisons, more.figures.comparisons]).toEqual([0, 1]);
  });

  it('gives up what hangs behind the caller, and aborts it', async () => {
    const signals: AbortSignal[] = [];
    const hanging = (_: string, signal: AbortSignal) => {
      signals.push(signal);
      return new Promise<never>(() => undefined);
    };
    const missed: unknown[] = [];
    const { migration, clock } = migrating({
      write: { old: async () => 1, new: hanging, missed: (input, side) => missed.push([input, side]) },
      timeoutMs: 500,
    });
    await migration.write('w', 'dual-write');
    const settled = migration.settled();
    await clock.runUntilIdle();
    await settled;
    expect(clock.now()).toBe(500);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    expect(missed).toEqual([['w', 'new']]);
    expect(migration.figures).toMatchObject({
      missedWrites: 1,
      calls: { 'new write': { calls: 1, timedOut: 1, errors: 0, p50: expect.closeTo(500, 0) } },
    });
  });

  it('brings writes of one key to the other side in their order', async () => {
    const landed: string[] = [];
    const { migration, clock } = migrating({
      write: {
        old: async () => 1,
        keyOf: (input) => input.slice(0, 1),
        new: async (input) => {
          if (input === 'a1') await clock.sleep(100);
          landed.push(input);
        },
      },
    });
    for (const input of ['a1', 'a2', 'b1', 'a3']) await migration.write(input, 'dual-write');
    const settled = migration.settled();
    await clock.runUntilIdle();
    await settled;
    expect(landed).toEqual(['b1', 'a1', 'a2', 'a3']);
  });

  it('bounds what is under way, counting what it left out', async () => {
    const missed: string[] = [];
    const hang = () => new Promise<never>(() => undefined);
    const write = { old: async () => 1, new: async () => 1, missed: (input: string) => void missed.push(input) };
    const { migration, clock } = migrating({ read: { old: async () => 1, new: hang }, write, most: 2 });
    for (let n = 0; n < 5; n += 1) await migration.read('r', 'shadow');
    await migration.write('w', 'shadow');
    const settled = migration.settled();
    await clock.runUntilIdle();
    await settled;
    expect(migration.figures).toMatchObject({ skipped: 3, missedWrites: 1, comparisons: 0 });
    expect(missed).toEqual(['w']);
  });

  it.each([['nonsense'], [undefined], [7]])('takes %s for the stage that was named for such cases', async (stage) => {
    const { migration, calls } = migrating({ stage: () => stage, stageOtherwise: 'complete' });
    await migration.read('r', 'off');
    expect(calls).toEqual(['read new r']);
  });

  it('takes a stage that cannot be read for off', async () => {
    const { migration, calls } = migrating({ stage: boom });
    await migration.read('r', 'complete');
    expect(calls).toEqual(['read old r']);
  });

  it('has nothing to write where nothing was said about it', async () => {
    const { migration } = migrating({ write: undefined } as never);
    await expect(migration.write('w', 'off')).rejects.toThrow('how to write');
  });
});
