import { type AttributeValue, DeleteItemCommand, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { FunctionRequest } from '../../../local/permissions.ts';
import { type EndpointName, endpoints } from '../../../shared/api/endpoints.ts';
import type { PlanInput } from '../../../shared/plan/plan.ts';
import { GATE_AGE_MS } from '../../../shared/run/gate.ts';
import { DataTables, places } from '../../scenarios/data-tables.ts';
import { Plane } from '../../scenarios/plane.ts';
import { dynamo } from './plane-dynamo.ts';
import { ROLLOUTS } from './rollout-scenarios.ts';
import { SECRETS } from './secret-scenarios.ts';
import { timerLeft } from './timer-left.ts';
import { TOLD } from './told-scenarios.ts';

type Component = PlanInput['phases'][number]['components'][number];
type Scenario = (plane: Plane) => Promise<void>;

const plan = (name: string, components: readonly Component[], over: Partial<PlanInput> = {}): PlanInput => ({
  slipway: 1,
  name,
  target: `test/${name}`,
  onFailure: 'stop',
  phases: [{ name: 'only', components: [...components] }],
  ...over,
});

const task = (over: Partial<Extract<Component, { kind: 'task' }>> = {}): Component => ({
  name: 'one',
  kind: 'task',
  run: './tasks.ts#step',
  items: ['a', 'b'],
  retry: { attempts: 0 },
  ...over,
});

const batch = (over: object = {}): Component =>
  ({
    name: 'places',
    kind: 'batch',
    from: { table: 'places-old' },
    to: { table: 'places-new' },
    transform: { run: './tasks.ts#reshape' },
    segments: 2,
    ...over,
  }) as Component;

async function prepared(plane: Plane, count = 30): Promise<DataTables> {
  const tables = new DataTables(plane);
  await tables.create('places-old', 'id');
  await tables.create('places-new', 'country', 'id');
  await tables.fill('places-old', places(count));
  await tables.put('places-new', { country: 'NZ', id: 'p00000', note: 'was here before' });
  return tables;
}

/** What one person does with one control plane, so that every function comes to do all that it can. */
const SCENARIOS: { readonly [name: string]: Scenario } = {
  'schedules, by a person and by their timers': async (plane) => {
    const name = 'hourly';
    await prepared(plane);
    const of = plane.source(plan('hourly', [batch()], { target: 'local/hourly' }));
    const none = plane.source(plan('none', [batch({ from: { table: 'places-odl' } })]));
    await plane.refused('put-schedule', { name: 'none', ...none, expression: 'rate(1 hour)' });
    await plane.call('put-schedule', { name, ...of, expression: 'rate(1 hour)' });
    for (;;) {
      const { last } = await plane.call('get-schedule', { name });
      if (last?.runId !== undefined) {
        await plane.ended(last.runId);
        break;
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await plane.call('list-schedules', {});
    await timerLeft(plane, name);
    await plane.call('pause-schedule', { name });
    await timerLeft(plane, name);
    await plane.call('resume-schedule', { name });
    await plane.call('get-schedule-history', { name });
    await plane.call('delete-schedule', { name });
    const kept = plane.source(plan('kept', [batch()], { target: 'local/kept' }));
    await plane.call('put-plan', { name: 'kept', ...kept });
    for (const version of ['1', 'latest']) {
      await plane.call('put-schedule', { name: 'kept', plan: `kept@${version}`, expression: 'cron(0 0 1 1 ? 2190)' });
    }
    await plane.invoke('fire-schedule', { environment: 'local', name });
  },
  'checks of a phase that a person asks for': async (plane) => {
    await prepared(plane);
    const transform = './tasks.ts#reshape';
    const same = { name: 'same', type: 'data', from: 'places-old', to: 'places-new', transform, limit: '100%' } as const;
    const phases: PlanInput['phases'] = [{ name: 'only', components: [batch(), task()], validate: [same] }];
    const checked = plan('checked', [], { phases });
    const runId = await plane.startRun(checked);
    await plane.ended(runId);
    const { cursor } = await plane.call('get-events', {});
    const { id } = await plane.call('start-validation', { runId, phase: 'only', sampleSize: 10 });
    await plane.call('list-validations', { runId });
    await plane.call('get-validation', { runId, validationId: id });
    await plane.call('get-events', { since: cursor });
  },
  'a run that is kept, and is removed when its time is over': async (plane) => {
    await prepared(plane);
    const runId = await plane.startRun(plan('old', [batch()]), { idempotencyKey: 'old' });
    await plane.ended(runId);
    await plane.call('keep-run', { runId, until: 0 });
    // Longer than it is kept; then longer than anybody can still be at work on it.
    for (const days of [31, 1]) {
      plane.forward(days * 24 * 3_600_000);
      await plane.invoke('clean-up', {});
    }
    if ((await plane.send('get-run', { runId })).status !== 404) throw new Error('The run is still there.');
  },
  'a batch, forward and back': async (plane) => {
    await prepared(plane);
    const source = plane.source(plan('copy', [batch()]));
    await plane.call('validate-plan', source);
    await plane.call('put-plan', { name: 'copy', ...source });
    await plane.call('list-plans', { environment: 'test' });
    await plane.call('list-plan-versions', { name: 'copy', environment: 'test' });
    for (const version of [1, undefined]) await plane.call('get-plan', { name: 'copy', environment: 'test', version });
    for (const kept of ['copy@1', 'copy']) await plane.call('start-run', { plan: kept, environment: 'test', dryRun: true });
    await plane.refused('start-run', plane.source(plan('none', [batch({ from: { table: 'places-odl' } })])));
    await plane.call('start-run', { ...source, dryRun: true });
    const runId = await plane.startRun(plan('copy', [batch()]));
    await plane.ended(runId);
    await plane.call('rollback-run', { runId, reason: 'as it was' });
    await plane.ended(runId);
    await plane.call('list-runs', {});
    await plane.call('get-timeline', { runId });
    await plane.call('get-usage', { runId });
    await plane.call('get-health', {});
    await plane.call('get-dashboard', { environment: 'test' });
    await plane.call('list-rollbacks', {});
    await plane.call('get-metrics', { metric: 'Probe' });
    const metrics = { data: [{ metric: 'Probe', at: Date.now(), values: [1] }] };
    for (const _ of ['first', 'again']) await plane.send('put-metrics', metrics, plane.token, 'one-key');
  },
  'a batch beside a live application': async (plane) => {
    const tables = await prepared(plane);
    await tables.fill('places-old', [{ id: 'p99999', country: 'NZ', name: 'bad' }]);
    const runId = await plane.startRun(plan('live', [batch({ target: 'live' })]));
    await plane.ended(runId);
    await tables.fill('places-old', [{ id: 'p99999', country: 'NZ', name: 'good' }]);
    await plane.call('retry-quarantine', { runId });
    await tables.put('places-new', { country: 'IS', id: 'p00001', name: 'newer' });
    await plane.call('rollback-run', { runId, reason: 'as it was' });
    await plane.ended(runId);
  },
  'records in quarantine': async (plane) => {
    const tables = await prepared(plane);
    const named = (id: string, name: string) => ({ id, country: 'NZ', name });
    await tables.fill('places-old', [named('p99998', 'bad'), named('p99999', 'bad')]);
    const runId = await plane.startRun(plan('quarantine', [batch()]));
    await plane.ended(runId);
    await plane.call('list-quarantine', { runId });
    await tables.fill('places-old', [named('p99998', 'good')]);
    await plane.call('retry-quarantine', { runId });
    const tolerant = plane.source(plan('quarantine', [batch({ tolerate: '50%' })]));
    await plane.call('retry-run', { runId, ...tolerant, acceptPlanChange: true });
    await plane.ended(runId);
  },
  'records that the target refuses': async (plane) => {
    await prepared(plane);
    await plane.put('numbered.ts', 'export const numbered = (record) => ({ country: 1, id: record.id });');
    const runId = await plane.startRun(plan('refused', [batch({ segments: 1, transform: { run: './numbered.ts#numbered' } })]));
    await plane.ended(runId);
  },
};

/** Each refusal is kept by the function that was asked. */
const refused: Scenario = async (plane) => {
  const stranger = await plane.tokenOf();
  const runId = await plane.startRun(plan('seen', [task()]));
  await plane.ended(runId);
  for (const [name, { example }] of Object.entries(endpoints)) {
    const input = { ...(example.input as object), ...('runId' in (example.input as object) ? { runId } : {}) };
    const { status } = await plane.send(name as EndpointName, input as never, stranger);
    if (status < 400 || status > 404) throw new Error(`${name} answered a stranger with ${status}.`);
  }
};

/** Of the last event of a run as it was, and of those that came after it. */
function* eventsFrom(run: { readonly [name: string]: AttributeValue } = {}) {
  const last = Number(run['lastEvent']?.M?.['rev']?.N);
  for (let rev = last; rev < last + 5; rev += 1) {
    yield { pk: run['pk'] ?? { S: '' }, sk: { S: `EVENT#RUN#${String(rev).padStart(9, '0')}` } };
  }
}

/** A run whose execution is over, and which does not know it. */
const lost =
  (onFailure: 'rollback' | 'stop'): Scenario =>
  async (plane) => {
    const client = dynamo(plane);
    const [TableName = ''] = plane.tables;
    const runId = await plane.startRun(plan('lost', [task({ input: { holdAt: 'b' } as never })], { onFailure }));
    await plane.until(runId, ({ components }) => components[0]?.underWay?.step === 1);
    const Key = { pk: { S: `RUN#${runId}` }, sk: { S: 'RUN' } };
    const { Item } = await client.send(new GetItemCommand({ TableName, Key }));
    await plane.put('go');
    await plane.ended(runId);
    // As if neither the end of the run nor its last events had ever been written: its execution is over, and it is not.
    await client.send(new PutItemCommand({ TableName, Item: Item ?? {} }));
    for (const Key of eventsFrom(Item)) await client.send(new DeleteItemCommand({ TableName, Key }));
    // Either puts the event where it belongs.
    if (onFailure === 'stop') await plane.call('get-run-events', { runId });
    else await plane.call('get-timeline', { runId });
    await plane.restart();
    await plane.ended(runId);
    client.destroy();
  };

/** Steps that wait, fail, are paused, changed, taken back and lost. */
const STEPS: typeof SCENARIOS = {
  'limits that one run reaches': async (plane) => {
    const { limits } = await plane.call('get-limits', {});
    await plane.call('put-limits', { limits: { ...limits, atOnce: 1 }, ifRev: 0 });
    await plane.call('put-limits', { limits: { ...limits, atOnce: 1, perPerson: { perDay: 9 } }, ifRev: 1 });
    const first = await plane.startRun(plan('first', [task({ input: { holdAt: 'b' } as never })]));
    await plane.until(first, ({ status }) => status === 'running');
    const second = await plane.startRun(plan('second', [task()]));
    await plane.until(second, ({ turn }) => turn !== undefined);
    await plane.call('list-runs', {});
    await plane.put('go');
    await plane.ended(second);
  },
  'a failure that is taken back by itself': async (plane) => {
    await plane.put('broken');
    await plane.ended(await plane.startRun(plan('back', [task({ input: { failAt: 'b' } as never })], { onFailure: 'rollback' })));
  },
  'a pause, a changed plan and a retry': async (plane) => {
    await prepared(plane);
    const held = (input: object) => {
      const copied: PlanInput['phases'][number] = { name: 'then', after: ['only'], components: [batch()] };
      const held = plan('held', [task({ input: input as never, items: ['a', 'b', 'c'] })]);
      return { ...held, phases: [...held.phases, copied] };
    };
    const runId = await plane.startRun(held({ holdAt: 'a' }));
    await plane.until(runId, ({ components }) => components[0]?.underWay !== undefined);
    await plane.call('pause-run', { runId });
    const wished = performance.now();
    await plane.until(runId, () => performance.now() - wished > GATE_AGE_MS);
    await plane.put('go');
    await plane.ended(runId);
    await plane.put('broken');
    const changed = plane.source(held({ failAt: 'c' }));
    await plane.call('resume-run', { runId, ...changed, acceptPlanChange: true });
    await plane.ended(runId);
    await plane.remove('broken');
    await plane.call('retry-run', { runId, ...plane.source(held({})), acceptPlanChange: true });
    await plane.ended(runId);
  },
  'a rollback of what is under way': async (plane) => {
    const runId = await plane.startRun(plan('seized', [task({ input: { holdAt: 'b' } as never, timeout: '1s' })]));
    await plane.until(runId, ({ components }) => components[0]?.underWay?.step === 1);
    await plane.call('rollback-run', { runId, reason: 'not now' });
    await plane.ended(runId);
  },
  'a run that waits for another': async (plane) => {
    const first = await plane.startRun(plan('locked', [task({ input: { holdAt: 'a' } as never })]));
    await plane.until(first, ({ status }) => status === 'running');
    const second = await plane.startRun(plan('locked', [task({ name: 'two' })]), { queue: true });
    await plane.until(second, ({ waitingFor }) => waitingFor !== undefined);
    await plane.put('go');
    await plane.ended(second);
  },
  'an old credential of a secret that nobody rotates': async (plane) => {
    await plane.invoke('revoke-secret', { secretId: 'unknown', token: 'none', since: 0 }).catch(() => undefined);
  },
  'a stranger who is let do nothing': refused,
  'a lock that is broken': async (plane) => {
    const runId = await plane.startRun(plan('broken', [task({ input: { holdAt: 'a' } as never, timeout: '1s' })]));
    await plane.until(runId, ({ components }) => components[0]?.underWay !== undefined);
    await plane.call('list-locks', {});
    await plane.call('list-audit', {});
    await plane.call('verify-audit', {});
    const resource = 'target:test/broken';
    // Its effect is under way, so that the run is seized and the lock is kept.
    await plane.send('break-lock', { runId, resource, confirm: resource, reason: 'not now' });
    await plane.put('go');
  },
  'a run that is lost and taken back': lost('rollback'),
  'a run that is lost and stops': lost('stop'),
  'approvals, checks and waits': async (plane) => {
    await plane.put('figure.txt', '3');
    const check = { type: 'function' as const, name: 'figure', run: './tasks.ts#answer', is: '<=' as const, limit: 3 };
    const same = {
      type: 'data' as const,
      name: 'same',
      from: 'places-old',
      to: 'places-new',
      transform: './tasks.ts#reshape',
      limit: '100%',
    };
    await prepared(plane);
    const ask: Component = { name: 'ask', kind: 'approval', prompt: 'May we?' };
    const phases: PlanInput['phases'] = [
      { name: 'first', components: [ask, { ...ask, name: 'silence', expires: '300ms', onExpiry: 'approve' }] },
      {
        name: 'second',
        after: ['first'],
        components: [{ name: 'look', kind: 'validate', checks: [check, same] }],
        validate: [check, same],
      },
      { name: 'third', after: ['second'], components: [{ name: 'settle', kind: 'wait', for: '100ms' }] },
    ];
    const runId = await plane.startRun(plan('asked', [], { phases }));
    await plane.until(runId, ({ status }) => status === 'awaiting-approval');
    await plane.call('decide-approval', { runId, component: 'ask', decision: 'approve' });
    await plane.ended(runId);
    const rejected = await plane.startRun(plan('rejected', [ask]));
    await plane.until(rejected, ({ status }) => status === 'awaiting-approval');
    await plane.call('decide-approval', { runId: rejected, component: 'ask', decision: 'reject' });
    await plane.ended(rejected);
  },
};

/** Runs every scenario on a control plane of its own, and answers what the functions asked of AWS, each question once. */
export async function recordEmbedded(): Promise<readonly FunctionRequest[]> {
  const asked = new Map<string, FunctionRequest>();
  const onRequest = (request: FunctionRequest) => void asked.set(JSON.stringify(request), request);
  const record = async (scenario: Scenario) => {
    const tidying: (() => Promise<void>)[] = [];
    try {
      await scenario(await Plane.start({ onRequest, onEnd: (tidy) => tidying.push(tidy) }));
    } finally {
      for (const tidy of tidying) await tidy();
    }
  };
  const rollouts = Promise.all(Object.values(ROLLOUTS).map(record));
  // Awaited below, when the others have been.
  rollouts.catch(() => undefined);
  for (const scenario of Object.values({ ...SCENARIOS, ...STEPS, ...TOLD, ...SECRETS })) await record(scenario);
  await rollouts;
  return [...asked.values()];
}
