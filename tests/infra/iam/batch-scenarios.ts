import type { PlanInput } from '../../../shared/plan/plan.ts';
import type { RecordedPlane, Recordings } from './recorded-plane.ts';
import { batch, checks, plan, prepared, task } from './recorded-plans.ts';
import { timerLeft } from './timer-left.ts';

const environment = 'test';

/** The run that a schedule started last: `fire-schedule` is called beside its timer, which may be an hour away. */
export async function ranBy(plane: RecordedPlane, name: string): Promise<string> {
  for (;;) {
    await plane.invoke('fire-schedule', { environment, name });
    const { last } = await plane.call('get-schedule', { name, environment });
    if (last?.runId !== undefined) return last.runId;
    if (last?.skipped !== undefined) throw new Error(`It was skipped: ${last.skipped}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Batches, and what may be asked of plans and schedules of them. */
export const BATCHES: Recordings = {
  'schedules, by a person and by their timers': async (plane, code) => {
    const which = { name: 'hourly', environment };
    await prepared(plane);
    const of = plane.source(plan('hourly', [batch(code)]));
    const none = plane.source(plan('none', [batch(code, { from: { table: 'places-odl' } })]));
    await plane.refused('put-schedule', { name: 'none', environment, ...none, expression: 'rate(1 hour)' });
    await plane.call('put-schedule', { ...which, ...of, expression: 'rate(1 hour)' });
    await plane.ended(await ranBy(plane, which.name));
    await plane.call('list-schedules', { environment });
    await timerLeft(plane, environment, which.name);
    await plane.call('pause-schedule', which);
    await timerLeft(plane, environment, which.name);
    await plane.call('resume-schedule', which);
    await plane.call('get-schedule-history', which);
    await plane.call('delete-schedule', which);
    await plane.call('put-plan', { name: 'kept', ...plane.source(plan('kept', [batch(code)])) });
    for (const version of ['1', 'latest']) {
      const kept = { plan: `kept@${version}`, expression: 'cron(0 0 1 1 ? 2190)' };
      await plane.call('put-schedule', { name: 'kept', environment, ...kept });
    }
    await plane.call('delete-schedule', { name: 'kept', environment });
    await plane.invoke('fire-schedule', which);
  },
  'a batch, forward and back': async (plane, code) => {
    await prepared(plane);
    const source = plane.source(plan('copy', [batch(code)]));
    await plane.call('validate-plan', source);
    await plane.call('put-plan', { name: 'copy', ...source });
    await plane.call('list-plans', { environment });
    await plane.call('list-plan-versions', { name: 'copy', environment });
    for (const version of [1, undefined]) await plane.call('get-plan', { name: 'copy', environment, version });
    for (const kept of ['copy@1', 'copy']) await plane.call('start-run', { plan: kept, environment, dryRun: true });
    await plane.refused('start-run', plane.source(plan('none', [batch(code, { from: { table: 'places-odl' } })])));
    await plane.call('start-run', { ...source, dryRun: true });
    const runId = await plane.startRun(plan('copy', [batch(code)]));
    await plane.ended(runId);
    await plane.call('rollback-run', { runId, reason: 'as it was' });
    await plane.ended(runId);
    await plane.call('list-runs', {});
    await plane.call('get-timeline', { runId });
    await plane.call('get-usage', { runId });
    await plane.call('get-health', {});
    await plane.call('get-dashboard', { environment });
    await plane.call('list-rollbacks', {});
    await plane.call('get-metrics', { metric: 'Probe' });
    const metrics = { data: [{ metric: 'Probe', at: Date.now(), values: [1] }] };
    for (const _ of ['first', 'again']) await plane.send('put-metrics', metrics, plane.token, 'one-key');
  },
  'checks of a phase that a person asks for': async (plane, code) => {
    await prepared(plane);
    const same = checks(code).filter(({ type }) => type === 'data');
    const phases: PlanInput['phases'] = [{ name: 'only', components: [batch(code), task(code)], validate: same }];
    const runId = await plane.startRun(plan('checked', [], { phases }));
    await plane.ended(runId);
    const { cursor } = await plane.call('get-events', {});
    const { id } = await plane.call('start-validation', { runId, phase: 'only', sampleSize: 10 });
    await plane.call('list-validations', { runId });
    await plane.call('get-validation', { runId, validationId: id });
    await plane.call('get-events', { since: cursor });
  },
  'a batch beside a live application': async (plane, code) => {
    const tables = await prepared(plane);
    await tables.fill('places-old', [{ id: 'p99999', country: 'NZ', name: 'bad' }]);
    const runId = await plane.startRun(plan('live', [batch(code, { target: 'live' })]));
    await plane.ended(runId);
    await tables.fill('places-old', [{ id: 'p99999', country: 'NZ', name: 'good' }]);
    await plane.call('retry-quarantine', { runId });
    await tables.put('places-new', { country: 'IS', id: 'p00001', name: 'newer' });
    await plane.call('rollback-run', { runId, reason: 'as it was' });
    await plane.ended(runId);
  },
  'records in quarantine': async (plane, code) => {
    const tables = await prepared(plane);
    const named = (id: string, name: string) => ({ id, country: 'NZ', name });
    await tables.fill('places-old', [named('p99998', 'bad'), named('p99999', 'bad')]);
    const runId = await plane.startRun(plan('quarantine', [batch(code)]));
    await plane.ended(runId);
    await plane.call('list-quarantine', { runId });
    await tables.fill('places-old', [named('p99998', 'good')]);
    await plane.call('retry-quarantine', { runId });
    const tolerant = plane.source(plan('quarantine', [batch(code, { tolerate: '50%' })]));
    await plane.call('retry-run', { runId, ...tolerant, acceptPlanChange: true });
    await plane.ended(runId);
  },
  'records that the target refuses': async (plane, code) => {
    await prepared(plane);
    const numbered = batch(code, { segments: 1, transform: { run: code('numbered') } });
    const runId = await plane.startRun(plan('refused', [numbered]));
    await plane.ended(runId);
    await plane.call('rollback-run', { runId, component: numbered.name, reason: 'as it was' });
    await plane.ended(runId);
  },
};
