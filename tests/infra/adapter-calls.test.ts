import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Call,
  cloudWatchClient,
  dynamoClient,
  eventBridgeClient,
  lambdaClient,
  s3Client,
  schedulerClient,
  secretsManagerClient,
  snsClient,
  stepFunctionsClient,
} from '../../adapters/aws/clients.ts';
import { CloudWatchAlarms } from '../../adapters/aws/cloudwatch-alarms.ts';
import { CloudWatchMetrics } from '../../adapters/aws/cloudwatch-metrics.ts';
import { DynamoStore } from '../../adapters/aws/dynamo-store.ts';
import { DynamoTables } from '../../adapters/aws/dynamo-tables.ts';
import { EventBus } from '../../adapters/aws/event-bus.ts';
import { EventBridgeScheduler } from '../../adapters/aws/eventbridge-scheduler.ts';
import { type IamRequest, iamRequests } from '../../adapters/aws/iam-requests.ts';
import { LambdaUserCode } from '../../adapters/aws/lambda-user-code.ts';
import { S3Artefacts } from '../../adapters/aws/s3-artefacts.ts';
import { SecretsManager } from '../../adapters/aws/secrets-manager.ts';
import { SecretsManagerRotations } from '../../adapters/aws/secrets-manager-rotations.ts';
import { SnsNotifier } from '../../adapters/aws/sns-notifier.ts';
import { StepFunctionsWorkflow } from '../../adapters/aws/step-functions-workflow.ts';
import { webhookKeySecret } from '../../adapters/aws/webhook-key-secret.ts';
import { systemClock } from '../../adapters/embedded/system-clock.ts';
import { systemIds } from '../../adapters/embedded/system-ids.ts';
import { functions } from '../../functions/catalog.ts';
import type { CodeSource } from '../../functions/deps.ts';
import type { WiredFunction, Wiring } from '../../local/graph/wiring.ts';
import { Permissions } from '../../local/permissions.ts';
import { alarmDefinition } from '../../shared/guardrails/alarm-definition.ts';
import { guardrailSchema, type ThresholdGuardrail } from '../../shared/guardrails/guardrail.ts';
import type { Alarm } from '../../shared/ports/alarms.ts';
import type { Timer } from '../../shared/ports/scheduler.ts';
import { startFakeAws } from './iam/fake-aws.ts';
import { onTaskMachine, WireRecorder } from './iam/wire-recorder.ts';

const ACCOUNT = 'eu-west-1:123456789012';
const machine = (name: string) => `arn:aws:states:${ACCOUNT}:stateMachine:${name}`;
const place = { partition: 'aws', region: 'eu-west-1', account: '123456789012' };
const key = { pk: 'RUN#1', sk: 'RUN' };
const event = { type: 'runCreated', at: 0 } as never;
const called = {
  target: 'arn:aws:lambda:eu-west-1:123456789012:function:fire:live',
  deadLetters: 'arn:aws:sqs:eu-west-1:123456789012:lost',
};
const soon = () => Date.now() + 60_000;
const series = { namespace: 'Shop', metric: 'Errors', dimensions: { variation: 'on' } };
const alarm: Alarm = {
  name: 'slipway-guardrail-one',
  owner: { runId: '1', environment: 'test', component: 'one', guardrail: 'errors', flag: 'search' },
  definition: alarmDefinition(
    guardrailSchema.parse({ name: 'errors', type: 'metric', metric: 'Errors', limit: 1 }) as ThresholdGuardrail,
  ),
  series: { Errors: series },
  acts: true,
};
const timer: Timer = {
  environment: 'test',
  name: 'nightly',
  expression: 'rate(1 day)',
  zone: 'UTC',
  anchor: 0,
  windowMinutes: 0,
};
const timers = { group: 'slipway-test', role: 'arn:aws:iam::123456789012:role/slipway-test-scheduler' };
const lastMinute = () => {
  const to = Math.floor(Date.now() / 60_000) * 60_000;
  return { from: to - 60_000, to, periodMs: 60_000 };
};
const notice = {
  id: 'a',
  environment: 'test',
  code: 'MIGRATION_FAILED',
  severity: 'critical',
  title: 'A run failed',
  subject: 'run/1',
  message: 'It failed.',
  next: 'slipway status 1',
  escalations: 0,
} as const;
const ALERT_TOPIC = 'arn:aws:sns:eu-west-1:123456789012:alerts';
const datum = { ...series, at: 1_000_000, values: [1] };

let aws: Awaited<ReturnType<typeof startFakeAws>>;
let recorder: WireRecorder;
beforeAll(async () => {
  aws = await startFakeAws();
  recorder = new WireRecorder({ upstream: aws.endpoint, place });
});
afterAll(async () => {
  await recorder.close();
  aws.close();
});

/** Commands of the SDK that were sent. */
const sent = new Set<string>();

/** Every port, made real with clients of the SDK. */
function adapters(endpoint: string, seen: IamRequest[]) {
  const around = <T>(call: Call, send: () => Promise<T>): Promise<T> => {
    seen.push(...iamRequests(call, place));
    sent.add(call.command);
    return send();
  };
  const options = { endpoint, region: 'eu-west-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' }, around };
  const client = dynamoClient(options);
  const watch = { client: cloudWatchClient(options), clock: systemClock, ids: systemIds() };
  const manager = secretsManagerClient(options);
  const secrets = new SecretsManager({ client: manager });
  const rotated = { id: 'db', rotationEnabled: true, deleted: false, versions: new Map() };
  const machines = { run: machine('run'), component: machine('component') };
  return {
    store: new DynamoStore({ client, table: 'control', clock: systemClock }),
    tables: new DynamoTables({ client, clock: systemClock, ids: systemIds() }),
    artefacts: new S3Artefacts({ client: s3Client(options), bucket: 'kept' }),
    events: new EventBus({ client: eventBridgeClient(options), bus: 'news', clock: systemClock }),
    workflow: new StepFunctionsWorkflow({ client: stepFunctionsClient(options), machines }),
    code: new LambdaUserCode({ client: lambdaClient(options), clock: systemClock, functionOf: (name) => name }),
    notifier: new SnsNotifier({ client: snsClient(options), topic: ALERT_TOPIC }),
    secrets,
    rotations: new SecretsManagerRotations({ client: manager, secrets: { describe: async () => rotated } }),
    webhookKey: webhookKeySecret({ secrets, secret: 'webhook-key' }),
    metrics: new CloudWatchMetrics(watch),
    scheduler: new EventBridgeScheduler({ client: schedulerClient(options), clock: systemClock, ...timers, ...called }),
    alarms: new CloudWatchAlarms({ ...watch, topic: 'arn:aws:sns:eu-west-1:123456789012:guardrails' }),
  };
}
type Adapters = ReturnType<typeof adapters>;
type Act = (ports: Adapters) => Promise<unknown>;

const drained = async (names: AsyncIterable<unknown>) => {
  for await (const _ of names);
};

/** What the embedded control plane asks in the name of a function where the adapter's service has no stand-in of the same protocol. */
const EMULATED: { readonly [what: string]: Act } = {
  'artefacts.get': ({ artefacts }) => artefacts.get('plans/there'),
  'artefacts.get of what is gone': ({ artefacts }) => artefacts.get('plans/gone'),
  'artefacts.putOnce': ({ artefacts }) => artefacts.putOnce('plans/new', new Uint8Array([1])),
  'artefacts.remove': ({ artefacts }) => artefacts.remove('plans/old'),
  'artefacts.list': ({ artefacts }) => drained(artefacts.list('plans/')),
  'events.publish': ({ events }) => events.publish([event]),
  'workflow.start': ({ workflow }) => workflow.start('run', 'one', {}),
  'workflow.describe': ({ workflow }) => workflow.describe(workflow.arnOf('run', 'one')),
  'workflow.stop': ({ workflow }) => workflow.stop(workflow.arnOf('run', 'one'), { error: 'E', cause: 'c' }),
  'workflow.succeed': ({ workflow }) => workflow.succeed('token', {}),
  'workflow.fail': ({ workflow }) => workflow.fail('token', { error: 'E', cause: 'c' }),
  'code.shape': ({ code }) => code.shape('task-of-plans-any'),
  'notifier.tell': ({ notifier }) => notifier.tell(notice),
  'metrics.put': ({ metrics }) => metrics.put([datum]),
  'metrics.put of many': ({ metrics }) => metrics.put(Array.from({ length: 500 }, () => datum)),
  'metrics.figures': ({ metrics }) => metrics.figures([{ ...series, statistic: 'Sum' }], lastMinute()),
  'alarms.put': ({ alarms }) => alarms.put(alarm),
  'alarms.read': ({ alarms }) => alarms.read([alarm.name, "the team's own"]),
  'scheduler.put': ({ scheduler }) => scheduler.put(timer),
  'scheduler.remove': ({ scheduler }) => scheduler.remove('test', 'nightly'),
  'scheduler.has': ({ scheduler }) => scheduler.has('test', 'nightly'),
  'webhookKey.read': ({ webhookKey }) => webhookKey.read(),
  'webhookKey.make': ({ webhookKey }) => webhookKey.make(),
  'alarms.remove': ({ alarms }) => alarms.remove([alarm.name]),
};

const SHARED: { readonly [what: string]: Act } = {
  'rotations.begin': ({ rotations }) => rotations.begin('db', 'a'.repeat(40)),
  'rotations.enable, to disable': ({ rotations }) => rotations.enable('db', false),
  'secrets.describe': ({ secrets }) => secrets.describe('db'),
  'secrets.put': ({ secrets }) => secrets.put('db', 'a'.repeat(32), 'text', 'AWSPENDING'),
  'secrets.moveStage': ({ secrets }) => secrets.moveStage('db', 'AWSCURRENT', { to: 'a' }),
  'store.read': ({ store }) => store.read(key),
  'store.readMany': ({ store }) => store.readMany([key]),
  'store.write': ({ store }) => store.write({ name: 'probe', key, set: { a: 1 }, when: [] }),
  'store.list': ({ store }) => store.list('RUN#1', { prefix: 'EVENT#' }),
  'store.listIndex': ({ store }) => store.listIndex('open', 'run', {}),
  'tables.names': ({ tables }) => tables.names(),
  'tables.shape': ({ tables }) => tables.shape('cities'),
  'tables.scan': ({ tables }) => tables.scan('cities', { segment: 0, segments: 1, limit: 10 }),
  'tables.get': ({ tables }) => tables.get('cities', [{ id: 'a' }]),
  'tables.write': ({ tables }) => tables.write('cities', { put: [{ id: 'a' }], deadline: soon() }),
  'tables.writeIf, where there was nothing': ({ tables }) => tables.writeIf('cities', { id: 'a' }, { id: 'a' }, { absent: true }),
  'tables.writeIf, unchanged': ({ tables }) =>
    tables.writeIf('cities', { id: 'a' }, { id: 'a', name: 'after' }, { unchanged: { id: 'a', name: 'before' } }),
  'tables.writeIf, back to nothing': ({ tables }) =>
    tables.writeIf('cities', { id: 'a' }, undefined, { unchanged: { id: 'a', name: 'before' } }),
};

async function onTheWire(what: string, act: Act) {
  const seen: IamRequest[] = [];
  await act(adapters(await recorder.endpointOf(what), seen));
  const asked = recorder.requests.filter((one) => one.function === what).map(({ function: _, ...request }) => request);
  return { seen, asked };
}

describe('what goes over the wire', () => {
  it.each(Object.entries({ ...EMULATED, ...SHARED }))('is what the SDK was asked for: %s', async (what, act) => {
    const { seen, asked } = await onTheWire(what, act);
    expect(seen.length).toBeGreaterThan(0);
    expect(asked).toEqual(expect.arrayContaining(seen));
    // What is more is asked by S3 itself.
    expect(asked.filter((one) => !seen.some((known) => known.action === one.action)).map(({ action }) => action)).toEqual(
      what.endsWith('gone') ? ['s3:ListBucket'] : [],
    );
  });
});

/** How IAM calls the services whose SDK packages have other names. */
const PREFIXES: { readonly [client: string]: string } = {
  sfn: 'states',
  eventbridge: 'events',
  'secrets-manager': 'secretsmanager',
};
const granted = functions.flatMap(({ permissions }) => Object.values(permissions).flat());

/** The commands that a source builds, and those of the paginators that it uses; of services that some function may call. */
const commandsIn = (source: string): readonly string[] =>
  [...source.matchAll(/import\s*\{([^}]*)\}\s*from '@aws-sdk\/client-([a-z0-9-]+)'/g)]
    .filter(([, , client = '']) => granted.some((action) => action.startsWith(`${PREFIXES[client] ?? client}:`)))
    .flatMap(([, names = '']) =>
      [...names.matchAll(/\b(?:paginate(\w+)|(\w+Command))\b/g)].map(([, paged, command]) => command ?? `${paged}Command`),
    );

describe('the adapters', () => {
  const folder = new URL('../../adapters/aws/', import.meta.url);

  it('send no request that is not tried here', async () => {
    for (const [what, act] of Object.entries({ ...EMULATED, ...SHARED })) await onTheWire(what, act);
    const built = readdirSync(folder).flatMap((name) => commandsIn(readFileSync(new URL(name, folder), 'utf8')));
    expect(built.length).toBeGreaterThan(10);
    expect(built.filter((command) => !sent.has(command))).toEqual([]);
  });
});

describe('the embedded control plane', () => {
  const wired = {
    name: 'any',
    arn: '',
    environment: { SLIPWAY_ALERT_TOPIC: ALERT_TOPIC, SLIPWAY_WEBHOOK_KEY: 'webhook-key' },
    policies: [everything()],
  } as unknown as WiredFunction;
  const wiring = {
    tables: [{ name: 'control', arn: `arn:aws:dynamodb:${ACCOUNT}:table/control` }],
    bucket: 'kept',
    bus: 'news',
    timers,
    functions: [wired],
    machines: ['run', 'component'].map((name) => ({ name, arn: machine(name) })),
  } as unknown as Wiring;

  it.each(Object.entries(EMULATED))('asks for what the adapter would: %s', async (what, act) => {
    const { asked } = await onTheWire(`${what}, again`, act);
    const told: IamRequest[] = [];
    const permissions = new Permissions(wiring, ({ action, resource }) => void told.push({ action, resource }));
    const inner = adapters(aws.endpoint, []);
    const code = permissions.code({ userCode: () => inner.code } as unknown as CodeSource).userCode(undefined);
    const ports = {
      artefacts: permissions.artefacts(inner.artefacts),
      events: permissions.events(inner.events),
      workflow: permissions.workflow(inner.workflow),
      metrics: permissions.metrics(inner.metrics),
      alarms: permissions.alarms(inner.alarms),
      notifier: permissions.notifier(inner.notifier),
      scheduler: permissions.scheduler(inner.scheduler),
      webhookKey: permissions.webhookKey(inner.webhookKey),
      code,
    };
    await permissions.as(wired, () => act(ports as unknown as Adapters));
    const named = onTaskMachine(
      asked.map((one) => ({ function: 'any', ...one })),
      machine('component'),
    );
    expect(told).toEqual(named.map(({ action, resource }) => ({ action, resource })));
  });
});

function everything() {
  return { Version: '2012-10-17', Statement: [{ Sid: 'All', Effect: 'Allow', Action: ['*'], Resource: ['*'] }] };
}
