import { beforeAll, describe, expect, it } from 'vitest';
import { functions } from '../../../../functions/catalog.ts';
import { allows } from '../../../../local/graph/allows.ts';
import { evaluateGraph } from '../../../../local/graph/evaluate-graph.ts';
import { readWiring } from '../../../../local/graph/read-wiring.ts';
import type { ResourceGraph } from '../../../../local/graph/resource-graph.ts';
import type { Wiring } from '../../../../local/graph/wiring.ts';
import { ALERTING } from '../../../../shared/alerts/alert-signals.ts';
import { PUBLISHED } from '../../../../shared/webhooks/webhook-events.ts';
import { machines } from '../../../../statemachines/catalog.ts';
import { sampleSources as sources } from '../../../infra/sample-sources.ts';

let graph: ResourceGraph;
let wiring: Wiring;

beforeAll(async () => {
  const config = { dataTables: ['cities'], taskFunctions: ['warm-*'], reservedConcurrency: { 'work-segment': 20 } };
  graph = await evaluateGraph({ environment: 'local', config, sources });
  wiring = readWiring(graph);
});

const functionNamed = (name: string) => {
  const found = wiring.functions.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no function ${name}`);
  return found;
};

const machineArn = (name: string) => `arn:aws:states:us-east-1:000000000000:stateMachine:slipway-local-${name}`;
const tableArn = (name: string) => `arn:aws:dynamodb:us-east-1:000000000000:table/${name}`;

describe('readWiring', () => {
  it('tells the table with its keys, indexes and TTL', () => {
    expect(wiring.tables).toEqual([
      {
        name: 'slipway-local',
        arn: tableArn('slipway-local'),
        partitionKey: 'pk',
        sortKey: 'sk',
        indexes: [
          { name: 'listing', partitionKey: 'listing', sortKey: 'listingSort' },
          { name: 'open', partitionKey: 'open', sortKey: 'openSort' },
        ],
        ttlAttribute: 'expiresAt',
      },
    ]);
  });

  it('tells every function and machine of the catalogs', () => {
    expect(wiring.functions.map(({ name }) => name)).toEqual(functions.map(({ name }) => name));
    expect(wiring.machines.map(({ name }) => name)).toEqual(machines.map(({ name }) => name));
  });

  it('tells the environment of a function, with the machines that it starts and no other', () => {
    expect(functionNamed('start-run').environment).toEqual({
      SLIPWAY_ENVIRONMENT: 'local',
      SLIPWAY_TABLE: 'slipway-local',
      SLIPWAY_BUCKET: wiring.bucket,
      SLIPWAY_BUS: 'slipway-local',
      SLIPWAY_TASK_PREFIX: 'slipway-local-task-',
      SLIPWAY_TASK_FUNCTIONS: 'warm-*',
      SLIPWAY_MACHINE_RUN: machineArn('run'),
    });
    expect(Object.keys(functionNamed('decide-approval').environment)).not.toContain('SLIPWAY_MACHINE_COMPONENT');
  });

  it('tells limits', () => {
    expect(functionNamed('work-segment')).toMatchObject({ timeoutSeconds: 90, memoryMb: 1024, reservedConcurrency: 20 });
    expect(functionNamed('list-runs').reservedConcurrency).toBeUndefined();
  });

  it('tells the routes of the catalog', () => {
    const routes = wiring.routes.map((route) => `${route.method} ${route.path} ${route.function}`);
    const expected = functions.flatMap(({ route, name }) => (route === undefined ? [] : [`${route} ${name}`]));
    expect(routes.toSorted()).toEqual(expected.toSorted());
    expect(new Set(wiring.routes.map(({ authorization }) => authorization))).toEqual(new Set(['AWS_IAM']));
  });

  it('tells what is called without being asked', () => {
    expect(wiring.schedules.toSorted((a, b) => a.name.localeCompare(b.name))).toEqual([
      { name: 'slipway-local-clean-up-schedule', expression: 'rate(1 day)', function: 'clean-up' },
      { name: 'slipway-local-deliver-webhooks-schedule', expression: 'rate(1 minute)', function: 'deliver-webhooks' },
      { name: 'slipway-local-keep-rotations-schedule', expression: 'rate(5 minutes)', function: 'keep-rotations' },
      { name: 'slipway-local-raise-alerts-schedule', expression: 'rate(1 minute)', function: 'raise-alerts' },
      { name: 'slipway-local-reconcile-schedule', expression: 'rate(5 minutes)', function: 'reconcile' },
    ]);
    expect(wiring.rules.toSorted((a, b) => a.name.localeCompare(b.name))).toEqual([
      {
        name: 'slipway-local-deliver-webhooks-event',
        function: 'deliver-webhooks',
        pattern: { source: ['slipway'], 'detail-type': PUBLISHED },
      },
      {
        name: 'slipway-local-raise-alerts-event',
        function: 'raise-alerts',
        pattern: { source: ['slipway'], 'detail-type': ALERTING },
      },
      {
        name: 'slipway-local-reconcile-execution-end',
        function: 'reconcile',
        pattern: {
          source: ['aws.states'],
          'detail-type': ['Step Functions Execution Status Change'],
          detail: {
            status: ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'],
            stateMachineArn: machines.map(({ name }) => machineArn(name)),
          },
        },
      },
      {
        name: 'slipway-local-trip-guardrail-alarm',
        function: 'trip-guardrail',
        pattern: {
          source: ['aws.cloudwatch'],
          'detail-type': ['CloudWatch Alarm State Change'],
          detail: { state: { value: ['ALARM'] } },
        },
      },
    ]);
  });

  it('tells definitions with ARNs in the place of names', () => {
    const text = JSON.stringify(wiring.machines.find(({ name }) => name === 'run')?.definition);
    expect(text).toContain(functionNamed('admit-run').arn);
    expect(text).toContain(machineArn('component'));
    expect(text).not.toContain('${');
  });

  it('tells alarms', () => {
    expect(wiring.alarms).toContainEqual({
      name: 'slipway-local-function-reconcile-errors',
      description: 'The function reconcile failed: read its log group, then the runs that it served.',
      namespace: 'AWS/Lambda',
      metric: 'Errors',
      dimensions: { FunctionName: 'slipway-local-reconcile' },
      statistic: 'Sum',
      periodSeconds: 60,
      threshold: 0,
    });
  });
});

describe('the policies that it tells', () => {
  it.each([
    ['work-segment', 'dynamodb:BatchWriteItem', tableArn('cities'), true],
    ['work-segment', 'dynamodb:BatchWriteItem', tableArn('customers'), false],
    ['work-segment', 'lambda:InvokeFunction', 'arn:aws:lambda:us-east-1:000000000000:function:warm-cache', true],
    ['work-segment', 'lambda:InvokeFunction', 'arn:aws:lambda:us-east-1:000000000000:function:drop-cache', false],
    ['prepare-component', 'dynamodb:PutItem', tableArn('cities'), false],
    ['list-runs', 'dynamodb:Query', `${tableArn('slipway-local')}/index/listing`, true],
    ['list-runs', 'dynamodb:UpdateItem', tableArn('slipway-local'), false],
    ['start-run', 'states:StartExecution', machineArn('run'), true],
    ['start-run', 'states:StartExecution', machineArn('rollback'), false],
    ['decide-approval', 'states:SendTaskSuccess', machineArn('component'), true],
    ['reconcile', 'sqs:SendMessage', 'arn:aws:sqs:us-east-1:000000000000:slipway-local-undelivered', true],
    ['seize-run', 'states:StopExecution', 'arn:aws:states:us-east-1:000000000000:execution:slipway-local-run:abc', true],
  ])('%s, %s, %s: %s', (name, action, resource, expected) => {
    expect(allows(functionNamed(name).policies, action, resource)).toBe(expected);
  });

  it('let a machine start the machines that it names, and itself for a distributed Map', () => {
    const policiesOf = (name: string) => wiring.machines.find((one) => one.name === name)?.policies ?? [];
    expect(allows(policiesOf('run'), 'states:StartExecution', machineArn('component'))).toBe(true);
    expect(allows(policiesOf('run'), 'states:StartExecution', machineArn('run'))).toBe(false);
    expect(allows(policiesOf('batch'), 'states:StartExecution', machineArn('batch'))).toBe(true);
    const rule = 'arn:aws:events:us-east-1:000000000000:rule/StepFunctionsGetEventsForStepFunctionsExecutionRule';
    expect(allows(policiesOf('run'), 'events:PutRule', rule)).toBe(true);
    expect(allows(policiesOf('rollback'), 'events:PutRule', rule)).toBe(false);
  });
});
