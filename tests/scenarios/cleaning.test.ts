import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { PlanInput } from '../../shared/plan/plan.ts';
import { Plane } from './plane.ts';

const DAY = 24 * 3_600_000;

const planOf = (name: string): PlanInput => ({
  slipway: 1,
  name,
  target: `local/${name}`,
  phases: [{ name: 'only', components: [{ name: 'one', kind: 'task', run: './tasks.ts#step', items: ['a'] }] }],
});

it('removes what ended 30 days ago, leaves what a person keeps, and tells of it', { timeout: 60_000 }, async () => {
  const plane = await Plane.start();
  const old = await plane.startRun(planOf('old'), { idempotencyKey: 'once' });
  await plane.ended(old);
  const kept = await plane.startRun(planOf('kept'));
  await plane.ended(kept);
  const { run } = await plane.call('keep-run', { runId: kept, until: 7_000_000_000_000, reason: 'for the auditors' });
  expect(run.keptUntil).toBe(7_000_000_000_000);
  plane.forward(30 * DAY + 1);
  expect(await plane.invoke('clean-up', {})).toMatchObject({ expired: [old], removed: [] });
  expect(await plane.refused('get-run', { runId: old })).toMatchObject({ status: 404, code: 'RUN_NOT_FOUND' });
  expect((await plane.call('list-runs', {})).runs.map(({ id }) => id)).toEqual([kept]);
  plane.forward(DAY);
  expect(await plane.invoke('clean-up', {})).toMatchObject({ expired: [], removed: [old], complete: true });
  const { entries } = await plane.call('list-audit', {});
  // What became of it is told still.
  const trail = entries.filter(({ of }) => of === `RUN#${old}`);
  expect(trail.map(({ type }) => type)).toEqual(['runExpired', 'statusChanged', 'locksTaken', 'runCreated']);
  expect(new Set(trail.map(({ environment }) => environment))).toEqual(new Set(['local']));
  const { items } = await plane.call('verify-audit', { of: `RUN#${old}` });
  expect(items).toMatchObject([{ environment: 'local', events: 4, broken: [] }]);
  const reports = entries.filter(({ type }) => type === 'cleanedUp').map(({ data }) => [data['expired'], data['removed']]);
  expect(reports).toEqual([
    [0, 1],
    [1, 0],
  ]);
  // Its key is free again, and its place too.
  const again = await plane.startRun(planOf('old'), { idempotencyKey: 'once' });
  expect(again).not.toBe(old);
  expect((await plane.ended(again)).status).toBe('succeeded');
  expect((await plane.call('get-timeline', { runId: kept })).events.map(({ type }) => type)).toContain('runKept');
  const artefacts = await readdir(join(plane.dataDir, 'artefacts'), { recursive: true });
  expect(artefacts.filter((path) => path.includes(old))).toEqual([]);
});
