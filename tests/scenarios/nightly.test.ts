import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { PlanInput } from '../../shared/plan/plan.ts';
import { DataTables } from './data-tables.ts';
import { Plane } from './plane.ts';

const EXAMPLE = fileURLToPath(new URL('../../examples/nightly', import.meta.url));
/** In a year in which nothing comes due by itself. */
const LATER = 'cron(0 0 1 1 ? 2190)';

/** The run of the time that its schedule has dealt with last. */
async function lastRun(plane: Plane, name: string, environment: string, times: number) {
  for (;;) {
    const { events } = await plane.call('get-schedule-history', { name, environment });
    const ran = events.filter(({ type }) => type === 'scheduleRan');
    if (ran.length >= times) return ran.at(-1)?.data ?? {};
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe('a schedule of a plan that is kept', { timeout: 120_000 }, () => {
  it('refreshes the copy of examples/nightly', async () => {
    const plane = await Plane.start();
    const tables = new DataTables(plane);
    await tables.create('orders', 'id');
    await tables.create('orders-report', 'id');
    const orders = Array.from({ length: 300 }, (_, at) => ({
      id: `o${at}`,
      at: '2026-11-21T08:00:00Z',
      country: 'NZ',
      cents: at,
      name: 'Ada',
    }));
    await tables.fill('orders', orders);
    const text = await readFile(`${EXAMPLE}/plan.yaml`, 'utf8');
    const plan = { text, file: 'plan.yaml', format: 'yaml' } as const;
    await plane.call('put-plan', { name: 'nightly-report', plan, baseDir: EXAMPLE });
    const settings = { environment: 'staging', expression: 'rate(1 day)', catchUp: 'once' } as const;
    const schedule = await plane.call('put-schedule', { name: 'nightly', plan: 'nightly-report@latest', ...settings });
    expect(schedule.plan).toMatchObject({ name: 'nightly-report', version: 'latest', target: 'staging/nightly-report' });
    const { runId } = await lastRun(plane, 'nightly', 'staging', 1);
    expect(await plane.ended(String(runId))).toMatchObject({ status: 'succeeded', actor: 'schedule nightly' });
    const rows = await tables.all('orders-report');
    expect(rows).toHaveLength(300);
    expect(rows[0]).toBe('[["cents",0],["country","NZ"],["day","2026-11-21"],["id","o0"]]');

    // The night after replaces what changed, by the version that is the latest then.
    await tables.fill('orders', [{ ...orders[0], id: 'o0', cents: 7 }]);
    const next = { text: text.replace('tolerate: 0%', 'tolerate: 1%'), file: 'plan.yaml', format: 'yaml' } as const;
    const { plan: second } = await plane.call('put-plan', { name: 'nightly-report', plan: next, baseDir: EXAMPLE });
    plane.forward(24 * 3_600_000);
    await plane.invoke('fire-schedule', { environment: 'staging', name: 'nightly' });
    const again = await plane.ended(String((await lastRun(plane, 'nightly', 'staging', 2))['runId']));
    expect([again.status, again.plan.digest]).toEqual(['succeeded', second.digest]);
    expect(await tables.all('orders-report')).toContain('[["cents",7],["country","NZ"],["day","2026-11-21"],["id","o0"]]');
    const asked = await plane.call('start-validation', { runId: again.id, phase: 'refresh', sampleSize: 500 });
    expect(asked).toMatchObject({ outcome: 'pass', results: [{ sample: 300 }] });
  });

  it('holds on to a version that is named, and says what is missing', async () => {
    const plane = await Plane.start();
    const planOf = (items: string[]): PlanInput => ({
      slipway: 1,
      name: 'kept',
      target: 'local/kept',
      phases: [{ name: 'only', components: [{ name: 'one', kind: 'task', run: './tasks.ts#step', items }] }],
    });
    const first = await plane.call('put-plan', { name: 'kept', ...plane.source(planOf(['a'])) });
    const put = (plan: string, more: object = {}) => ({ name: 'timed', plan, expression: LATER, ...more });
    expect((await plane.call('put-schedule', put('kept@1'))).plan).toMatchObject({ version: 1, digest: first.plan.digest });
    await plane.call('put-plan', { name: 'kept', ...plane.source(planOf(['b'])) });
    await plane.call('put-schedule', { name: 'timed', expression: 'rate(1 day)' });
    const { runId } = await lastRun(plane, 'timed', 'local', 1);
    expect((await plane.ended(String(runId))).plan.digest).toBe(first.plan.digest);
    expect(await plane.ledger()).toEqual(['forward one a']);

    expect(await plane.refused('put-schedule', put('kept@9'))).toMatchObject({ status: 404, code: 'PLAN_NOT_FOUND' });
    expect(await plane.refused('put-schedule', put('kept@latest', { environment: 'staging' }))).toMatchObject({
      code: 'PLAN_NOT_FOUND',
    });
    expect(await plane.refused('put-schedule', put('Kept@x'))).toMatchObject({ status: 422, code: 'INVALID' });
  });
});
