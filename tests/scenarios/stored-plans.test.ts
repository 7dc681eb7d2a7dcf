import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { PlanInput } from '../../shared/plan/plan.ts';
import { CliProcess } from './cli-process.ts';
import { Plane } from './plane.ts';

const plan = (items: string[]): PlanInput => ({
  slipway: 1,
  name: 'kept',
  target: 'local/kept',
  phases: [{ name: 'only', components: [{ name: 'one', kind: 'task', run: './tasks.ts#step', items }] }],
});

it('keeps plans in versions, and starts runs of them by name', { timeout: 120_000 }, async () => {
  const plane = await Plane.start();
  const put = (items: string[], more: object = {}) => ({ name: 'kept', ...plane.source(plan(items)), ...more });
  const first = await plane.call('put-plan', put(['a'], { ifVersion: 0, reason: 'to begin with' }));
  expect(first).toMatchObject({ created: true, plan: { version: 1, environment: 'local', reason: 'to begin with' } });
  expect(await plane.call('put-plan', put(['a']))).toMatchObject({ created: false, plan: { version: 1 } });
  expect(await plane.refused('put-plan', put(['b'], { ifVersion: 0 }))).toMatchObject({ code: 'REVISION', status: 412 });
  expect(await plane.refused('put-plan', put(['b'], { name: 'other' }))).toMatchObject({ code: 'PLAN_NAME' });
  const both = await Promise.all([
    plane.send('put-plan', put(['b'], { ifVersion: 1 })),
    plane.send('put-plan', put(['c'], { ifVersion: 1 })),
  ]);
  expect(both.map(({ status }) => status).toSorted()).toEqual([200, 412]);

  expect(await plane.call('list-plans', {})).toMatchObject({ plans: [{ name: 'kept', version: 2 }] });
  const { plans, cursor } = await plane.call('list-plan-versions', { name: 'kept', limit: 1 });
  expect(plans.map(({ version }) => version)).toEqual([2]);
  const { plans: rest } = await plane.call('list-plan-versions', { name: 'kept', limit: 5, cursor });
  expect(rest.map(({ version }) => version)).toEqual([1]);
  expect((await plane.call('get-plan', { name: 'kept', version: 1 })).document).toMatchObject({ name: 'kept', slipway: 1 });
  expect(await plane.refused('get-plan', { name: 'kept', version: 9 })).toMatchObject({ code: 'PLAN_NOT_FOUND', status: 404 });

  const started = await plane.call('start-run', { plan: 'kept@1' });
  const run = await plane.ended('run' in started ? started.run.id : '');
  expect([run.status, run.plan.digest]).toEqual(['succeeded', first.plan.digest]);
  expect(await plane.ledger()).toContain('forward one a');
  expect(await plane.refused('start-run', { plan: 'kept@7' })).toMatchObject({ code: 'PLAN_NOT_FOUND' });
  const stranger = await plane.tokenOf('elsewhere:admin');
  expect((await plane.send('start-run', { plan: 'kept@1' }, stranger)).status).toBe(404);

  const slipway = (...words: string[]) => new CliProcess(plane.baseDir, [...words, '--data-dir', plane.dataDir]).ended;
  await writeFile(join(plane.baseDir, 'plan.json'), JSON.stringify(plan(['d'])));
  expect((await slipway('plans', 'put', 'plan.json', '-m', 'more')).stdout).toContain('kept is now at version 3 in local.');
  expect((await slipway('plans', 'list')).stdout).toContain('kept@3');
  expect((await slipway('plans', 'versions', 'kept')).stdout).toMatch(/kept@3[\s\S]*kept@2[\s\S]*kept@1/);
  expect((await slipway('plans', 'get', 'kept', '--version-number', '1')).stdout).toContain('"slipway": 1');
  expect(await slipway('start', 'kept@latest', '--watch')).toMatchObject({ code: 0 });
  expect(await plane.ledger()).toContain('forward one d');
});
