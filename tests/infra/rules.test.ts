import { beforeAll, describe, expect, it } from 'vitest';
import { evaluateGraph } from '../../local/graph/evaluate-graph.ts';
import type { ResourceGraph } from '../../local/graph/resource-graph.ts';
import { PROTECTED_RULES, RULES } from './rules.ts';
import { drop, put, rewrite, tamper, without } from './sabotage.ts';
import { sampleSources } from './sample-sources.ts';

const graphs = new Map<string, ResourceGraph>();
const graphOf = (environment: string): ResourceGraph => {
  const graph = graphs.get(environment);
  if (graph === undefined) throw new Error(`no graph of ${environment}`);
  return graph;
};

beforeAll(async () => {
  const config = { dataTables: ['cities', 'cities-*'], taskFunctions: ['warm-cache'], alarmEmail: 'ops@example.org' };
  for (const environment of ['local', 'production']) {
    graphs.set(environment, await evaluateGraph({ environment, config, sources: sampleSources }));
  }
});

const TABLE = 'aws:dynamodb/table:Table';
const BUCKET = 'aws:s3/bucket:Bucket';
const LAMBDA = 'aws:lambda/function:Function';
const MACHINE = 'aws:sfn/stateMachine:StateMachine';
const QUEUE = 'aws:sqs/queue:Queue';
const ALARM = 'aws:cloudwatch/metricAlarm:MetricAlarm';
const ROLE = 'aws:iam/role:Role';
const ROLE_POLICY = 'aws:iam/rolePolicy:RolePolicy';

interface Sabotage {
  readonly rule: string;
  readonly how: string;
  readonly broken: (graph: ResourceGraph) => ResourceGraph;
  /** What the rule must say of it: the resource, then the mend. */
  readonly says: readonly string[];
}

const changed = (
  rule: string,
  type: string,
  how: string,
  change: Parameters<typeof tamper>[2],
  says: string,
  name?: string,
): Sabotage => ({ rule, how, broken: (graph) => tamper(graph, type, change, name), says: [name ?? type, says] });

const removed = (rule: string, type: string, says: readonly string[], name?: string): Sabotage => ({
  rule,
  how: `${name ?? type} is removed`,
  broken: (graph) => without(graph, type, name),
  says,
});

const SABOTAGES: readonly Sabotage[] = [
  changed('tables are encrypted', TABLE, 'no encryption', drop('serverSideEncryption'), 'serverSideEncryption'),
  changed(
    'tables can be restored to a point in time',
    TABLE,
    'recovery off',
    put({ pointInTimeRecovery: { enabled: false } }),
    'pointInTimeRecovery',
  ),
  changed('tables clear what has expired', TABLE, 'no TTL', drop('ttl'), 'ttl'),
  removed('buckets are encrypted', 'aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration', [
    BUCKET,
    'BucketServerSideEncryptionConfiguration',
  ]),
  {
    ...changed(
      'buckets are private',
      'aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock',
      'public policies',
      put({ blockPublicPolicy: false }),
      '',
    ),
    says: [BUCKET, 'BucketPublicAccessBlock'],
  },
  {
    ...changed(
      'buckets are reached over TLS only',
      'aws:s3/bucketPolicy:BucketPolicy',
      'the condition is gone',
      rewrite('policy', ({ Condition: _, ...rest }) => rest),
      '',
    ),
    says: [BUCKET, 'tlsOnlyBucketPolicy'],
  },
  removed('buckets keep old versions, and not for ever', 'aws:s3/bucketVersioning:BucketVersioning', [
    BUCKET,
    'BucketVersioning',
  ]),
  removed('buckets keep old versions, and not for ever', 'aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration', [
    BUCKET,
    'lifecycle',
  ]),
  changed('queues are encrypted', QUEUE, 'no encryption', drop('sqsManagedSseEnabled'), 'sqsManagedSseEnabled'),
  changed(
    'log groups forget',
    'aws:cloudwatch/logGroup:LogGroup',
    'kept for ever',
    drop('retentionInDays'),
    'retentionInDays',
    'slipway-fn-start-run-logs',
  ),
  changed('functions run on arm64 with Node 24', LAMBDA, 'an old runtime', put({ runtime: 'nodejs20.x' }), 'nodejs24.x'),
  changed('functions are published', LAMBDA, 'no version', drop('publish'), 'publish', 'slipway-fn-seize-run-lambda'),
  changed('functions are traced', LAMBDA, 'no tracing', drop('tracingConfig'), 'tracingConfig'),
  changed('machines are Standard, traced and logged', MACHINE, 'an Express machine', put({ type: 'EXPRESS' }), 'type'),
  removed(
    'functions have an alarm',
    ALARM,
    ['slipway-fn-reconcile-lambda', 'alarm'],
    'slipway-watch-function-reconcile-errors-alarm',
  ),
  {
    ...changed(
      'functions have an alarm',
      ALARM,
      'nobody is told',
      put({ alarmActions: [] }),
      '',
      'slipway-watch-function-reconcile-errors-alarm',
    ),
    says: ['slipway-fn-reconcile-lambda', 'alarm'],
  },
  {
    rule: 'machines have an alarm',
    how: 'both alarms of a machine are removed',
    broken: (graph) =>
      without(
        without(graph, ALARM, 'slipway-watch-machine-run-failed-alarm'),
        ALARM,
        'slipway-watch-machine-run-timed-out-alarm',
      ),
    says: ['slipway-sm-run-machine', 'alarm'],
  },
  {
    rule: 'tables have an alarm',
    how: 'both alarms of the table are removed',
    broken: (graph) =>
      without(
        without(graph, ALARM, 'slipway-watch-table-read-throttles-alarm'),
        ALARM,
        'slipway-watch-table-write-throttles-alarm',
      ),
    says: ['slipway-table-items', 'alarm'],
  },
  removed('queues have an alarm', ALARM, ['slipway-undelivered-queue', 'alarm'], 'slipway-watch-undelivered-events-alarm'),
  changed(
    'routes are not public',
    'aws:apigatewayv2/route:Route',
    'an open route',
    put({ authorizationType: 'NONE' }),
    'authorizationType',
    'slipway-http-start-run-route',
  ),
  changed(
    'stages are throttled and logged',
    'aws:apigatewayv2/stage:Stage',
    'no log',
    drop('accessLogSettings'),
    'accessLogSettings',
  ),
  changed(
    'event targets keep what they could not deliver',
    'aws:cloudwatch/eventTarget:EventTarget',
    'no dead letters',
    drop('deadLetterConfig'),
    'deadLetterConfig',
  ),
  changed(
    'permissions name their caller and their version',
    'aws:lambda/permission:Permission',
    'any API may call',
    drop('sourceArn'),
    'sourceArn',
  ),
  changed(
    'actions are named',
    ROLE_POLICY,
    'a wildcard action',
    rewrite('policy', (statement) => ({ ...statement, Action: ['dynamodb:*'] })),
    'name each action',
    'slipway-fn-list-runs-policy',
  ),
  changed(
    'resources are named',
    ROLE_POLICY,
    'every resource',
    rewrite('policy', (statement) => ({ ...statement, Resource: ['*'] })),
    'name the resources',
    'slipway-fn-list-runs-policy',
  ),
  changed(
    'services are held to our resources',
    ROLE,
    'any machine may take on the role',
    rewrite('assumeRolePolicy', ({ Condition: _, ...rest }) => rest),
    'aws:SourceArn',
    'slipway-sm-run-role',
  ),
  changed(
    'nobody else is trusted',
    ROLE,
    'another account is trusted',
    rewrite('assumeRolePolicy', (statement) => ({ ...statement, Principal: { AWS: 'arn:aws:iam::111111111111:root' } })),
    'service',
    'slipway-fn-list-runs-role',
  ),
  changed('resources that can be are tagged', LAMBDA, 'no tags', drop('tags'), 'naming.tags'),
];

const PROTECTED_SABOTAGES: readonly Sabotage[] = [
  {
    rule: 'data resources are protected and kept',
    how: 'the table is not protected',
    broken: (graph) => ({
      ...graph,
      resources: graph.resources.map((one) => (one.type === TABLE ? { ...one, protect: false } : one)),
    }),
    says: [TABLE, 'protect'],
  },
  changed(
    'tables refuse deletion',
    TABLE,
    'deletion allowed',
    put({ deletionProtectionEnabled: false }),
    'deletionProtectionEnabled',
  ),
  changed('buckets refuse deletion while they hold objects', BUCKET, 'forced', put({ forceDestroy: true }), 'forceDestroy'),
];

describe.each(['local', 'production'])('the program in %s', (environment) => {
  it.each(Object.keys(RULES))('%s', (name) => {
    expect(RULES[name]?.(graphOf(environment))).toEqual([]);
  });
});

describe('data in production', () => {
  it.each(Object.keys(PROTECTED_RULES))('%s', (name) => {
    expect(PROTECTED_RULES[name]?.(graphOf('production'))).toEqual([]);
  });

  it('may go with a local stack', () => {
    const table = graphOf('local').resources.find((one) => one.type === TABLE);
    expect([table?.protect, table?.retainOnDelete, table?.inputs['deletionProtectionEnabled']]).toEqual([false, false, false]);
  });
});

describe('a rule that is broken', () => {
  const all = { ...RULES, ...PROTECTED_RULES };

  it.each([...SABOTAGES, ...PROTECTED_SABOTAGES])('names the resource and the mend: $rule, $how', ({ rule, broken, says }) => {
    const told = all[rule]?.(broken(graphOf('production'))) ?? [];
    expect(told.length).toBeGreaterThan(0);
    for (const part of says) expect(told.join('\n')).toContain(part);
  });

  it('is tried for every rule', () => {
    const tried = new Set([...SABOTAGES, ...PROTECTED_SABOTAGES].map(({ rule }) => rule));
    expect(Object.keys(all).filter((name) => !tried.has(name))).toEqual([]);
  });
});
