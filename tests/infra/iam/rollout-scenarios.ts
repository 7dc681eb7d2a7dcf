import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import type { PlanInput } from '../../../shared/plan/plan.ts';
import { alarmsKey } from '../../../shared/run/keys.ts';
import type { Component } from '../../scenarios/bed.ts';
import { DataTables, places } from '../../scenarios/data-tables.ts';
import type { Plane } from '../../scenarios/plane.ts';
import { ranBy } from './batch-scenarios.ts';
import { dynamo } from './plane-dynamo.ts';
import type { RecordedPlane, Recordings } from './recorded-plane.ts';
import { checks } from './recorded-plans.ts';

type Rollout = Extract<Component, { kind: 'rollout' }>;

/** Each scenario has a flag of its own. */
const flagged = (key: string) => ({ key, environment: 'test' }) as const;
type Flag = ReturnType<typeof flagged>;

const rollout = ({ key }: Flag, over: Partial<Rollout>): PlanInput => ({
  slipway: 1,
  name: 'rollout',
  target: 'test/rollout',
  onFailure: 'rollback',
  phases: [
    {
      name: 'only',
      components: [{ name: 'search', kind: 'rollout', flag: key, bake: '1s', look: '1s', minSample: 1, ...over } as Rollout],
    },
  ],
});

/** Goes off with the first period of ten seconds in which the new side has an error. */
const errors = { type: 'metric', name: 'errors', metric: 'Errors', limit: 0, period: '10s', window: '10s' } as const;

/** What both sides send for a look. */
async function send(plane: RecordedPlane, failures: number): Promise<void> {
  const at = Date.now();
  const figures = (variation: string, name: string, value: number) => ({
    metric: name,
    dimensions: { variation },
    at,
    values: [value],
  });
  const sides = ['off', 'on'].map((side) => [side, side === 'on' ? failures : 0] as const);
  await plane.call('put-metrics', {
    data: sides.flatMap(([side, failed]) => [figures(side, 'Exposures', 10), figures(side, 'Errors', failed)]),
  });
}

const made = async (plane: RecordedPlane, key: string): Promise<Flag> => {
  const flag = flagged(key);
  await plane.call('put-flag', { ...flag, simple: { rolloutPercentage: 0 }, reason: 'begin', ifRev: 0 });
  return flag;
};

async function entered(plane: RecordedPlane, runId: string, stage: number, times = 1): Promise<void> {
  for (;;) {
    const { events } = await plane.call('get-timeline', { runId });
    const seen = events.filter(({ type, data }) => type === 'stageEntered' && data['stage'] === stage);
    if (seen.length >= times) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** `reconcile`, which the end of an execution calls, has let go of the alarms. */
async function alarmsRemoved(plane: Plane, runId: string): Promise<void> {
  const client = dynamo(plane);
  const { pk, sk } = alarmsKey(runId, 'search');
  const command = new GetItemCommand({ TableName: plane.tables[0] ?? '', Key: { pk: { S: pk }, sk: { S: sk } } });
  while ((await client.send(command)).Item?.['open'] !== undefined) await new Promise((resolve) => setTimeout(resolve, 100));
  client.destroy();
}

/** What rollouts, flags and metrics ask. They wait more than they work, and may be run side by side. */
export const ROLLOUTS: Recordings = {
  'a rollout by hand and by figures': async (plane, code) => {
    const flag = await made(plane, 'by-hand');
    await plane.put('figure.txt', '3');
    const tables = new DataTables(plane);
    await tables.create('places-old', 'id');
    await tables.create('places-new', 'country', 'id');
    await tables.fill('places-old', places(3));
    const gates = { approval: true, checks: checks(code) };
    const runId = await plane.startRun(rollout(flag, { stages: [50, 100], ...gates, guardrails: [errors] }));
    await entered(plane, runId, 0);
    const person = { runId, component: 'search', reason: 'seen' };
    await plane.call('promote-stage', person);
    await entered(plane, runId, 1);
    await plane.call('lower-stage', { ...person, stage: 0 });
    await entered(plane, runId, 0, 2);
    await send(plane, 0);
    await plane.call('promote-stage', person);
    await entered(plane, runId, 1, 2);
    await plane.call('promote-stage', person);
    await plane.ended(runId);
  },
  'a migration to its last stage': async (plane) => {
    const flag = flagged('migrated');
    const stages = { live: 'live', 'ramp-down': 'ramp-down', complete: 'complete' };
    const at = (defaultVariant: string) => ({ state: 'ENABLED' as const, variants: stages, defaultVariant });
    await plane.call('put-flag', { ...flag, flag: at('live'), ifRev: 0 });
    const shift = (from: string, to: string, rollbackWindow: string) =>
      rollout(flag, { from, to, stages: [100], rollbackWindow, guardrails: [errors] });
    const shifted = async (runId: string) => {
      await entered(plane, runId, 0);
      await plane.call('promote-stage', { runId, component: 'search', reason: 'seen' });
      await plane.ended(runId);
    };
    await shifted(await plane.startRun(shift('live', 'ramp-down', '1ms')));
    await plane.call('put-flag', { ...flag, flag: at('complete') });
    await plane.call('put-flag', { ...flag, flag: at('ramp-down') });
    const last = shift('ramp-down', 'complete', '0s');
    await shifted(await plane.startRun(last));
    await plane.call('put-flag', { ...flag, flag: at('ramp-down') });
    const schedule = { name: 'last', environment: flag.environment };
    await plane.call('put-schedule', { ...schedule, ...plane.source(last), expression: 'rate(1 hour)' });
    await shifted(await ranBy(plane, schedule.name));
    await plane.call('delete-schedule', schedule);
  },
  'flags as people and services ask for them': async (plane) => {
    const flag = await made(plane, 'asked-for');
    const { environment } = flag;
    await plane.call('get-flag', flag);
    await plane.call('get-flag-history', flag);
    await plane.call('put-evaluators', { environment, evaluators: { staff: { var: 'staff' } } });
    await plane.call('get-evaluators', { environment });
    await plane.call('list-flags', { environment });
    await plane.call('evaluate-flag', { ...flag, context: { targetingKey: 'ada' } });
    const asked = { flag: flag.key, control: 'off', treatment: 'on' };
    const measures = [{ name: 'orders', event: 'order', kind: 'conversion' as const, primary: true }];
    const experiment = { key: 'orders', environment };
    await plane.call('put-experiment', { ...experiment, experiment: { ...asked, measures } });
    const shown = { flag: flag.key, key: 'ada', variation: 'on', at: Date.now() };
    await plane.call('put-behaviour', { environment, exposures: [shown] });
    await plane.call('list-experiments', { environment });
    await plane.call('get-experiment-results', experiment);
    await plane.call('get-experiment-verdict', experiment);
    await plane.call('evaluate-flags', { environment, context: { targetingKey: 'ada' } });
  },
};

/** Rollouts that something stops; a peer's alarms are set off in scenarios of their own. */
export const TRIPPED: { readonly [name: string]: (plane: Plane) => Promise<void> } = {
  'a guardrail that trips': async (plane) => {
    const flag = await made(plane, 'tripped');
    const runId = await plane.startRun(rollout(flag, { stages: [50], bake: '10m', look: '60s', guardrails: [errors] }));
    await entered(plane, runId, 0);
    await send(plane, 5);
    await plane.ended(runId);
    await alarmsRemoved(plane, runId);
  },
  "an alarm of the team's own": async (plane) => {
    const flag = await made(plane, 'own-alarm');
    let state: 'OK' | 'ALARM' = 'OK';
    plane.ownAlarms.own('team-queue', () => ({ state, reason: 'The queue is long.', value: 9, sample: 1, refused: [] }));
    const guardrails: Rollout['guardrails'] = [{ type: 'alarm', name: 'queue', alarm: 'team-queue' }];
    const runId = await plane.startRun(rollout(flag, { stages: [50], bake: '10m', look: '60s', guardrails }));
    await entered(plane, runId, 0);
    state = 'ALARM';
    const { status } = await plane.ended(runId);
    if (status !== 'rolled-back') throw new Error(`The run is ${status}.`);
    await alarmsRemoved(plane, runId);
  },
  'an emergency stop': async (plane) => {
    const flag = await made(plane, 'stopped');
    const runId = await plane.startRun(rollout(flag, { stages: [50], bake: '10m' }));
    await entered(plane, runId, 0);
    await plane.call('emergency-stop', { environment: flag.environment, reason: 'fire' });
    await plane.ended(runId);
    await plane.call('emergency-stop', { environment: flag.environment, reason: 'out', lift: true });
  },
};
