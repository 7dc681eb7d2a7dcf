import { describe, expect, it } from 'vitest';
import type { PlanInput } from '../../shared/plan/plan.ts';
import { DataTables, places } from './data-tables.ts';
import { Plane } from './plane.ts';

const target = { slipway: 1, name: 'again', target: 'test/again', onFailure: 'stop' } as const;

/** What was under way is waited for until it must be dead: that takes its real time. */
const PATIENCE = 120_000;

describe('a control plane that is started again on the same directory', { timeout: PATIENCE }, () => {
  it('goes on with a task whose step was under way, without repeating the steps before', async () => {
    const plane = await Plane.start();
    const plan: PlanInput = {
      ...target,
      phases: [
        {
          name: 'only',
          components: [
            { name: 'one', kind: 'task', run: './tasks.ts#step', items: ['a', 'b', 'c'], input: { holdAt: 'b' }, timeout: '1s' },
          ],
        },
      ],
    };
    const runId = await plane.startRun(plan);
    await plane.until(runId, ({ components }) => components[0]?.underWay?.step === 1);
    await plane.restart();
    await plane.put('go');
    const run = await plane.ended(runId);
    expect(run.status).toBe('succeeded');
    expect(await plane.ledger()).toEqual(['forward one a', 'forward one b', 'forward one c']);
  });

  it('still waits for the person who was asked', async () => {
    const plane = await Plane.start();
    const runId = await plane.startRun({
      ...target,
      phases: [{ name: 'only', components: [{ name: 'ask', kind: 'approval', prompt: 'May we?' }] }],
    });
    await plane.until(runId, ({ status }) => status === 'awaiting-approval');
    await plane.restart();
    await plane.call('decide-approval', { runId, component: 'ask', decision: 'approve' });
    expect((await plane.ended(runId)).status).toBe('succeeded');
  });

  it('finishes a migration that was cut off, with the same result', async () => {
    const plane = await Plane.start();
    const tables = new DataTables(plane);
    await tables.create('places-old', 'id');
    await tables.create('places-new', 'country', 'id');
    await tables.fill('places-old', places(8000));
    const runId = await plane.startRun({
      ...target,
      phases: [
        {
          name: 'copy',
          components: [
            {
              name: 'places',
              kind: 'batch',
              from: { table: 'places-old' },
              to: { table: 'places-new' },
              transform: { run: './tasks.ts#reshape' },
              segments: 2,
              checkpoint: { records: 500, every: '1s' },
              interval: '500ms',
            },
          ],
        },
      ],
    });
    const cut = await plane.until(runId, ({ totals }) => totals.records.read > 0);
    await plane.restart();
    expect(cut.totals.records.read).toBeLessThan(8000);
    const run = await plane.ended(runId);
    expect(run.status).toBe('succeeded');
    expect(run.totals.verification).toEqual({ compared: 8000, mismatches: 0 });
    expect(await new DataTables(plane).all('places-new')).toHaveLength(8000);
  });
});
