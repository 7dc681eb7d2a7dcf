import { describe, expect } from 'vitest';
import type { PlanInput } from '../../shared/plan/plan.ts';
import { type Bed, scenarioOn } from './bed.ts';
import { DataTables, places } from './data-tables.ts';

const planOn =
  (bed: Bed) =>
  (over: object = {}): PlanInput => ({
    slipway: 1,
    name: 'places',
    target: bed.target('places'),
    onFailure: 'stop',
    phases: [
      {
        name: 'copy',
        components: [
          {
            name: 'places',
            kind: 'batch',
            from: { table: 'places-old' },
            to: { table: 'places-new' },
            transform: { run: bed.code('reshape') },
            segments: 3,
            ...over,
          },
        ],
      },
    ],
  });

const STRICT = `export const strict = (record) => {
  if (record.name === 'bad') throw new Error('no name');
  return { country: record.country, id: record.id, name: record.name };
};`;

const preparedOn = (bed: Bed) => async (count: number) => {
  const plane = await bed.start();
  await plane.put('strict.ts', STRICT);
  const tables = new DataTables(plane);
  await tables.create('places-old', 'id');
  await tables.create('places-new', 'country', 'id');
  await tables.fill('places-old', places(count));
  return { plane, tables };
};

/** Migrations of tables, on any control plane. */
export function batchScenarios(bed: Bed): void {
  const plan = planOn(bed);
  const prepared = preparedOn(bed);
  const scenario = scenarioOn(bed);

  describe('a batch', () => {
    scenario('migrates every record, proves it, and goes back to what was there before', async () => {
      const { plane, tables } = await prepared(400);
      await tables.put('places-new', { country: 'NZ', id: 'p00000', note: 'was here before' });
      await tables.put('places-new', { country: 'XX', id: 'other', note: 'of no concern' });
      const before = await tables.all('places-new');

      const runId = await plane.startRun(plan());
      const done = await plane.ended(runId);
      expect(done.reason).toBe('Every component completed');
      expect(done.totals.records).toEqual({ read: 400, written: 400, quarantined: 0, kept: 0 });
      expect(done.totals.verification).toEqual({ compared: 400, mismatches: 0 });
      expect(done.components[0]?.batch).toMatchObject({ segments: 3, segmentsDone: 3 });
      expect(done.totals.writes.data).toBeGreaterThan(0);
      const after = await tables.all('places-new');
      expect(after).toHaveLength(401);
      expect(after).toContain('[["country","IS"],["id","p00001"],["name","Place 1"],["search","place 1"]]');

      await plane.call('rollback-run', { runId, reason: 'as it was' });
      const back = await plane.ended(runId);
      expect(back).toMatchObject({ status: 'rolled-back', notUndone: [] });
      expect(await tables.all('places-new')).toEqual(before);

      const { events, broken } = await plane.call('get-timeline', { runId, limit: 1000 });
      expect(broken).toEqual([]);
      expect(events.filter(({ type }) => type === 'resourceUpdated').map(({ data }) => data)).toEqual([
        { resource: 'table:places-new', records: 400, back: false },
        { resource: 'table:places-new', records: 2, back: true },
      ]);
    });

    scenario('fails with the records that cannot be migrated, and names them', async () => {
      const { plane, tables } = await prepared(30);
      await tables.fill('places-old', [{ id: 'p99999', country: 'NZ', name: 'bad' }]);
      const runId = await plane.startRun(plan());
      const failed = await plane.ended(runId);
      expect(failed.status).toBe('failed');
      expect(failed.components[0]?.failure).toMatchObject({ code: 'TOO_MANY_QUARANTINED' });
      const { records } = await plane.call('list-quarantine', { runId });
      expect(records).toMatchObject([{ component: 'places', key: { id: 'p99999' }, error: 'no name' }]);
      await plane.call('rollback-run', { runId, reason: 'as it was' });
      expect((await plane.ended(runId)).status).toBe('rolled-back');
      expect(await tables.all('places-new')).toEqual([]);
    });

    scenario('tries the records that failed again, with the transform as it is now', async () => {
      const { plane, tables } = await prepared(30);
      await tables.fill('places-old', [{ id: 'p99999', country: 'NZ', name: 'bad' }]);
      const runId = await plane.startRun(plan({ transform: { run: './strict.ts#strict' } }));
      await plane.ended(runId);
      const still = await plane.call('retry-quarantine', { runId });
      expect(still).toMatchObject({ succeeded: 0, failed: [{ component: 'places', key: { id: 'p99999' }, error: 'no name' }] });
      await plane.put('strict.ts', STRICT.replace("'bad'", "'worse'"));
      expect(await plane.call('retry-quarantine', { runId })).toEqual({ succeeded: 1, failed: [], more: false });
      expect((await plane.call('list-quarantine', { runId })).records).toEqual([]);
      await plane.call('retry-run', { runId });
      expect((await plane.ended(runId)).status).toBe('succeeded');
      expect(await tables.all('places-new')).toHaveLength(31);
    });

    scenario('tries them again after it has succeeded without them, and takes all of it back', async () => {
      const { plane, tables } = await prepared(99);
      await tables.fill('places-old', [{ id: 'p99999', country: 'NZ', name: 'bad' }]);
      const runId = await plane.startRun(plan({ tolerate: '1%' }));
      expect((await plane.ended(runId)).status).toBe('succeeded');
      await tables.put('places-old', { id: 'p99999', country: 'NZ', name: 'good' });
      expect(await plane.call('retry-quarantine', { runId })).toEqual({ succeeded: 1, failed: [], more: false });
      const run = await plane.ended(runId);
      expect(run).toMatchObject({ status: 'succeeded', locks: [], totals: { records: { written: 100, quarantined: 0 } } });
      expect(await tables.all('places-new')).toHaveLength(100);

      await plane.call('rollback-run', { runId, reason: 'as it was' });
      expect(await plane.ended(runId)).toMatchObject({ status: 'rolled-back', notUndone: [] });
      expect(await tables.all('places-new')).toEqual([]);
      expect(await plane.refused('retry-quarantine', { runId })).toMatchObject({ status: 409, code: 'RUN_STATE' });
    });

    scenario('can be run dry: it tells what would happen, and writes nothing', async () => {
      const { plane, tables } = await prepared(60);
      await tables.put('places-new', { country: 'NZ', id: 'p00000', name: 'Place 0', search: 'place 0' });
      await tables.put('places-new', { country: 'IS', id: 'p00001', name: 'Another' });
      await tables.fill('places-old', [{ id: 'p99999', country: 'NZ', name: 'bad' }]);
      const before = await tables.all('places-new');
      const runs = await plane.call('list-runs', {});
      const answer = await plane.call('start-run', { ...plane.source(plan()), dryRun: true });
      expect(answer).toMatchObject({
        dryRun: true,
        report: {
          changes: true,
          irreversible: [],
          locked: [],
          batches: [
            {
              component: 'places',
              read: 61,
              produced: 60,
              failed: 1,
              failures: [{ key: { id: 'p99999' }, error: 'no name' }],
              overwrites: 1,
              unchanged: 1,
              complete: true,
              fields: [{ change: 'added', field: 'search', records: 60 }],
              estimate: { records: 61 },
            },
          ],
        },
      });
      expect(await tables.all('places-new')).toEqual(before);
      expect(await plane.call('list-runs', {})).toEqual(runs);
    });

    scenario('completes where so many may be in quarantine', async () => {
      const { plane, tables } = await prepared(99);
      await tables.fill('places-old', [{ id: 'p99999', country: 'NZ', name: 'bad' }]);
      const run = await plane.ended(await plane.startRun(plan({ tolerate: '1%' })));
      expect(run.status).toBe('succeeded');
      expect(run.totals.records).toMatchObject({ read: 100, written: 99, quarantined: 1 });
    });

    scenario('tells why it cannot be prepared, and is prepared afresh by a retry', async () => {
      const { plane, tables } = await prepared(10);
      await plane.put('fickle.ts', 'let n = 0; export const fickle = (record) => ({ country: "NZ", id: record.id, n: n++ });');
      const runId = await plane.startRun(plan({ transform: { run: './fickle.ts#fickle' } }));
      const failed = await plane.ended(runId);
      expect(failed.components[0]?.failure).toMatchObject({ code: 'PREPARATION_FAILED' });
      await plane.put('fickle.ts', 'export const fickle = (record) => ({ country: "NZ", id: record.id });');
      await plane.call('retry-run', { runId });
      expect((await plane.ended(runId)).status).toBe('succeeded');
      expect(await tables.all('places-new')).toHaveLength(10);
    });
  });
}
