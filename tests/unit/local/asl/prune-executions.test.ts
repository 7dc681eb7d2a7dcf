import { expect, it } from 'vitest';
import { pruneExecutions } from '../../../../local/asl/prune-executions.ts';
import { MemoryExecutionStore } from '../../../../local/asl/store/memory-execution-store.ts';
import { bench, machine, startOfTime } from './machine-builder.ts';

const DAY = 24 * 3_600_000;
const short = machine({ W: { Type: 'Wait', Seconds: 60, End: true } });
const long = machine({ W: { Type: 'Wait', Seconds: 40 * 86_400, End: true } });

async function keysOf(store: MemoryExecutionStore): Promise<string[]> {
  const keys: string[] = [];
  for await (const [key] of store.list('')) keys.push(key);
  return keys;
}

it('removes executions that ended long enough ago, with their histories, and no others', async () => {
  const { engine, clock, store } = bench({ machine: short });
  await engine.start('machine', 'old', {});
  await clock.advanceTo(startOfTime + 10 * DAY);
  const { arn } = await engine.start('machine', 'young', {});
  await clock.advanceTo(startOfTime + 31 * DAY);
  expect(await pruneExecutions(store, clock.now() - 30 * DAY)).toBe(1);
  expect((await engine.list()).map(({ name }) => name)).toEqual(['young']);
  expect((await engine.history(arn)).length).toBeGreaterThan(2);
  expect((await keysOf(store)).filter((key) => key.includes('old'))).toEqual([]);
  expect(await pruneExecutions(store, clock.now() - 30 * DAY)).toBe(0);
});

it('leaves what is under way, and what ended since that began, which may ask for it', async () => {
  const { engine, clock, store } = bench({ short, long });
  await engine.start('short', 'before', {});
  await clock.advanceTo(startOfTime + DAY);
  await engine.start('long', 'parent', {});
  await engine.start('short', 'child', {});
  await clock.advanceTo(startOfTime + 35 * DAY);
  expect(await pruneExecutions(store, clock.now())).toBe(1);
  expect((await engine.list()).map(({ name }) => name).sort()).toEqual(['child', 'parent']);
  await clock.runUntilIdle();
  expect(await pruneExecutions(store, clock.now() + 1)).toBe(2);
  expect(await engine.list()).toEqual([]);
});

it('is finished by the next one where it died at any point', async () => {
  const { engine, clock, store } = bench({ machine: short });
  await engine.start('machine', 'one', {});
  await clock.runUntilIdle();
  const snapshots: ReadonlyMap<string, string>[] = [];
  const records = new Map<string, string>();
  for await (const [key, value] of store.list('')) records.set(key, JSON.stringify(value));
  await pruneExecutions(new MemoryExecutionStore(records, (now) => snapshots.push(new Map(now))), Number.MAX_SAFE_INTEGER);
  expect(snapshots).toHaveLength(3);
  for (const snapshot of snapshots) {
    const found = new MemoryExecutionStore(snapshot);
    const reopened = bench({ machine: short }, { store: found });
    expect(await reopened.engine.recover()).toEqual({ executions: 0 });
    await pruneExecutions(found, Number.MAX_SAFE_INTEGER);
    expect((await keysOf(found)).filter((key) => !key.startsWith('d!'))).toEqual([]);
  }
});
