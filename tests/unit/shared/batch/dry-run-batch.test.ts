import { describe, expect, it } from 'vitest';
import { dryRunBatch } from '../../../../shared/batch/dry-run-batch.ts';
import type { DataRecord } from '../../../../shared/ports/tables.ts';
import { BatchWorld } from './batch-world.ts';

const halving = (record: DataRecord): DataRecord | DataRecord[] => {
  const id = Number(record['id']);
  if (id === 13) throw new Error('unlucky');
  if (id === 14) return [];
  return { ...record, pk: `P#${id}`, name: String(record['name']).toUpperCase() };
};

describe('dryRunBatch', () => {
  it('reports what a run would do, and writes nothing', async () => {
    const world = new BatchWorld({
      transform: ({ city: _, ...record }) => halving(record),
      target: [
        { pk: 'P#3', name: 'before' },
        { pk: 'P#4', id: 4, name: 'PERSON 4' },
      ],
    });
    const [source, target] = [await world.checksum('people'), await world.checksum('persons')];
    const report = await dryRunBatch(world.deps, world.job, { until: world.clock.now() + 1000, recordsPerSecond: 100 });
    expect(report).toMatchObject({
      read: 200,
      complete: true,
      produced: 198,
      failed: 1,
      failures: [{ key: { id: 13 }, error: 'unlucky' }],
      tolerated: false,
      overwrites: 1,
      unchanged: 1,
      estimate: { records: 200, seconds: 2, writes: { data: 198 }, recordsPerSecond: 100, assumed: false },
    });
    expect(report.fields.map(({ change, field, records }) => ({ change, field, records }))).toEqual([
      { change: 'removed', field: 'city', records: 198 },
      { change: 'changed', field: 'name', records: 198 },
      { change: 'added', field: 'pk', records: 198 },
    ]);
    expect(report.fields[1]?.example).toMatchObject({
      before: expect.stringMatching(/^Person/),
      after: expect.stringMatching(/^PERSON/),
    });
    expect([await world.checksum('people'), await world.checksum('persons')]).toEqual([source, target]);
    expect(await world.store.list('RUN#run1')).toEqual({ items: [] });
    for await (const key of world.artefacts.list('')) throw new Error(`It wrote ${key}`);
  });

  it.each([
    ['0.4%', false],
    ['0.5%', true],
  ])('tells whether so many failures are tolerated: %s', async (tolerate, tolerated) => {
    const world = new BatchWorld({ transform: (record) => halving({ ...record, pk: '' }), component: { tolerate } });
    expect(await dryRunBatch(world.deps, world.job, { until: world.clock.now() + 1000 })).toMatchObject({ failed: 1, tolerated });
  });

  it('reads a part of the table and estimates the whole', async () => {
    const world = new BatchWorld();
    const report = await dryRunBatch(world.deps, world.job, { limit: 40, until: world.clock.now() + 1000 });
    expect(report.complete).toBe(false);
    expect(report.read).toBeLessThan(120);
    expect(report.estimate).toMatchObject({ records: 200, writes: { data: 200 }, assumed: true });
  });

  it('shows of large values their beginning', async () => {
    const world = new BatchWorld({ transform: (record) => ({ pk: `${record['id']}`, text: 'x'.repeat(300_000) }), records: 3 });
    const { fields } = await dryRunBatch(world.deps, world.job, { until: world.clock.now() + 1000 });
    expect(String(fields.find(({ field }) => field === 'text')?.example.after)).toHaveLength(1001);
  });

  it('promises no more than a table takes, however many segments there are', async () => {
    const world = new BatchWorld({ component: { segments: 200 } });
    const { estimate } = await dryRunBatch(world.deps, world.job, { until: world.clock.now() + 1000 });
    expect(estimate).toMatchObject({ recordsPerSecond: 4000, assumed: true });
  });

  it('counts attributes beyond the first 500 together', async () => {
    const world = new BatchWorld({
      records: 600,
      transform: (record) => ({ pk: `${record['id']}`, [`field-${record['id']}`]: 1 }),
    });
    const report = await dryRunBatch(world.deps, world.job, { until: world.clock.now() + 1000 });
    expect(report.fields.find(({ field }) => field === '(others)')?.records).toBeGreaterThan(90);
    expect(report.fields.length).toBeLessThanOrEqual(503);
  });

  it('refuses what a run would refuse', async () => {
    const world = new BatchWorld({ component: { to: { table: 'nothing' } } });
    await expect(dryRunBatch(world.deps, world.job, { until: world.clock.now() })).rejects.toThrow('There is no table nothing');
  });
});
