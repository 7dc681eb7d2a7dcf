import { describe, expect, it } from 'vitest';
import { readPoint } from '../../../../shared/batch/batch-job.ts';
import { prepareBatch } from '../../../../shared/batch/prepare-batch.ts';
import { PreparationError } from '../../../../shared/errors/run-errors.ts';
import type { DataRecord } from '../../../../shared/ports/tables.ts';
import { BatchWorld, renamed, withTables } from './batch-world.ts';

const refusal = async (world: BatchWorld): Promise<PreparationError> => {
  const answer = await prepareBatch(world.deps, world.job, world.slice()).catch((error: unknown) => error);
  if (!(answer instanceof PreparationError)) throw new Error('It was not refused');
  expect(await world.store.list('RUN#run1')).toEqual({ items: [] });
  return answer;
};

describe('prepareBatch', () => {
  it('records the rollback point and the number of segments', async () => {
    const world = new BatchWorld({ target: [{ pk: 'a', n: 1 }] });
    expect(await prepareBatch(world.deps, world.job, world.slice())).toEqual({ outcome: 'done', segments: 2 });
    const state = await world.componentState();
    expect(state).toMatchObject({ status: 'prepared', kind: 'batch', segments: 2 });
    expect(readPoint(state)).toEqual({
      source: { table: 'people', keys: ['id'] },
      target: { table: 'persons', keys: ['pk'] },
      before: await world.checksum('persons'),
      live: false,
      approximateRecords: 200,
    });
    expect(world.events.map(({ type }) => type)).toEqual(['rollbackPointCreated']);
  });

  it('changes nothing when it is repeated, even if the target has changed since', async () => {
    const world = new BatchWorld();
    await world.prepare();
    const first = await world.componentState();
    await world.work();
    await world.prepare();
    expect(await world.componentState()).toEqual(first);
  });

  it('sums a large target in several slices', async () => {
    const target = Array.from({ length: 300 }, (_, id) => ({ pk: `old-${id}` }));
    const world = new BatchWorld({ target });
    const deps = withTables(world, {
      scan: async (table, options) => {
        world.clock.time += 25_000;
        return world.tables.scan(table, { ...options, limit: 60 });
      },
    });
    expect(await prepareBatch(deps, world.job, world.slice())).toEqual({ outcome: 'more' });
    expect(await world.componentState()).toMatchObject({ status: 'open' });
    await world.prepare(deps);
    expect(readPoint(await world.componentState()).before).toEqual(await world.checksum('persons'));
  });

  it.each([
    [{ from: { table: 'nothing' } }, 'There is no table nothing'],
    [{ to: { table: 'nothing' } }, 'There is no table nothing'],
    [{ to: { table: 'people' } }, 'reads from and writes to people'],
  ])('refuses %j', async (component, reason) => {
    const error = await refusal(new BatchWorld({ component }));
    expect(error.message).toContain(reason);
    expect(error.next).toBeTruthy();
  });

  it('calls the transform twice on a small table too, whatever segments its records lie in', async () => {
    let calls = 0;
    const counted = (record: DataRecord) => ({ ...renamed(record), calls: ++calls });
    const error = await refusal(new BatchWorld({ records: 1, transform: counted, component: { segments: 200 } }));
    expect(error.message).toContain('answers differently when it is called twice');
  });

  it('refuses a table that tells of no keys', async () => {
    const world = new BatchWorld();
    world.tables.create('keyless', []);
    const keyless = { ...world.job, component: { ...world.component, to: { table: 'keyless' } } };
    await expect(prepareBatch(world.deps, keyless, world.slice())).rejects.toThrow('no key attributes');
  });

  it('refuses a transform that answers differently the second time', async () => {
    let calls = 0;
    const transform = (record: Parameters<typeof renamed>[0]) => ({ ...renamed(record), call: ++calls });
    expect((await refusal(new BatchWorld({ transform }))).message).toContain('answers differently');
  });

  it('takes failing twice for an answer', async () => {
    const world = new BatchWorld({
      transform: () => {
        throw new Error('never');
      },
    });
    expect(await prepareBatch(world.deps, world.job, world.slice())).toEqual({ outcome: 'done', segments: 2 });
  });
});
