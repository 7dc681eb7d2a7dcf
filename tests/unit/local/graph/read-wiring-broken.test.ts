import { beforeAll, describe, expect, it } from 'vitest';
import { evaluateGraph } from '../../../../local/graph/evaluate-graph.ts';
import { readWiring } from '../../../../local/graph/read-wiring.ts';
import type { ResourceGraph } from '../../../../local/graph/resource-graph.ts';
import type { Wiring } from '../../../../local/graph/wiring.ts';
import { WiringError } from '../../../../local/graph/wiring-error.ts';
import { drop, put, rewrite, tamper, without } from '../../../infra/sabotage.ts';
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

const LAMBDA = 'aws:lambda/function:Function';
const MACHINE = 'aws:sfn/stateMachine:StateMachine';

const BROKEN: readonly (readonly [how: string, broken: (whole: ResourceGraph) => ResourceGraph, ...says: string[]])[] = [
  ['a table is missing', (g) => without(g, 'aws:dynamodb/table:Table'), 'control table', 'infra/control-plane.ts'],
  ['the bucket is missing', (g) => without(g, 'aws:s3/bucket:Bucket'), 'artefacts bucket', 'infra/control-plane.ts'],
  ['the bus is missing', (g) => without(g, 'aws:cloudwatch/eventBus:EventBus'), 'event bus', 'infra/control-plane.ts'],
  ['a table has no sort key', (g) => tamper(g, 'aws:dynamodb/table:Table', drop('rangeKey')), 'slipway-table-items', 'rangeKey'],
  ['a function is missing', (g) => without(g, LAMBDA, 'slipway-fn-undo-component-lambda'), 'undo-component', 'FunctionFleet'],
  [
    'a function lacks a variable',
    (g) =>
      tamper(g, LAMBDA, put({ environment: { variables: { SLIPWAY_ENVIRONMENT: 'local' } } }), 'slipway-fn-start-run-lambda'),
    'slipway-fn-start-run-lambda',
    'SLIPWAY_MACHINE_RUN',
    'function-fleet.ts',
  ],
  [
    'a variable points at nothing',
    (g) =>
      tamper(
        g,
        LAMBDA,
        put({ environment: { variables: { ...functionNamed('list-runs').environment, SLIPWAY_TABLE: 'other' } } }),
        'slipway-fn-list-runs-lambda',
      ),
    'slipway-fn-list-runs-lambda',
    'SLIPWAY_TABLE=other',
    'slipway-local',
  ],
  [
    'a role has no policy',
    (g) => without(g, 'aws:iam/rolePolicy:RolePolicy', 'slipway-fn-list-runs-policy'),
    'slipway-fn-list-runs-lambda',
    'has no policy',
  ],
  [
    'a route is missing',
    (g) => without(g, 'aws:apigatewayv2/route:Route', 'slipway-http-list-runs-route'),
    'GET /v1/runs',
    'http-api.ts',
  ],
  [
    'a route leads nowhere',
    (g) => without(g, 'aws:apigatewayv2/integration:Integration', 'slipway-http-list-runs-integration'),
    'slipway-http-list-runs-route',
    'integration',
  ],
  [
    'a route may not call',
    (g) => without(g, 'aws:lambda/permission:Permission', 'slipway-http-list-runs-permission'),
    'slipway-http-list-runs-route',
    'aws.lambda.Permission',
  ],
  [
    'a permission is for another path',
    (g) =>
      tamper(
        g,
        'aws:lambda/permission:Permission',
        put({ sourceArn: 'arn:aws:execute-api:us-east-1:000000000000:slipwayhttpapi/*/GET/v1/other' }),
        'slipway-http-list-runs-permission',
      ),
    'slipway-http-list-runs-route',
    'GET/v1/runs',
  ],
  [
    'a function has no alias',
    (g) => without(g, 'aws:lambda/alias:Alias', 'slipway-fn-list-runs-live'),
    'slipway-http-list-runs-route',
    'the alias of a deployed function',
  ],
  [
    'an alias leads to a version that is not published',
    (g) => tamper(g, 'aws:lambda/alias:Alias', put({ functionVersion: '7' }), 'slipway-fn-list-runs-live'),
    'slipway-fn-list-runs-live',
    'version 7',
  ],
  ['a rule calls nothing', (g) => without(g, 'aws:cloudwatch/eventTarget:EventTarget'), 'calls no function', 'EventTarget'],
  [
    'the rule of alarms is missing',
    (g) => without(g, 'aws:cloudwatch/eventRule:EventRule', 'slipway-on-trip-guardrail-alarm-rule'),
    'The event rule of trip-guardrail',
    'triggers.ts',
  ],
  [
    'a schedule is missing',
    (g) => without(g, 'aws:cloudwatch/eventRule:EventRule', 'slipway-on-reconcile-schedule-rule'),
    'rate(5 minutes)',
    'triggers.ts',
  ],
  [
    'a schedule may not call',
    (g) => without(g, 'aws:lambda/permission:Permission', 'slipway-on-reconcile-schedule-permission'),
    'slipway-on-reconcile-schedule-rule',
    'events.amazonaws.com',
  ],
  ['a machine is missing', (g) => without(g, MACHINE, 'slipway-sm-rollback-machine'), 'rollback', 'control-plane.ts'],
  [
    'a machine names an unknown function',
    (g) =>
      tamper(
        g,
        MACHINE,
        put({ definition: '{"FunctionName":"arn:aws:lambda:us-east-1:000000000000:function:slipway-local-nobody:1"}' }),
        'slipway-sm-batch-machine',
      ),
    'slipway-sm-batch-machine',
    'slipway-local-nobody',
    'catalog',
  ],
  [
    'a machine holds a placeholder still',
    (g) => tamper(g, MACHINE, put({ definition: `{"FunctionName":"\${function:Work_Segment}"}` }), 'slipway-sm-batch-machine'),
    'slipway-sm-batch-machine',
    'placeholder',
  ],
  [
    'a machine may not call what it names',
    (g) =>
      tamper(
        g,
        'aws:iam/rolePolicy:RolePolicy',
        rewrite('policy', (statement) => ({ ...statement, Action: ['xray:PutTraceSegments'] })),
        'slipway-sm-run-policy',
      ),
    'slipway-sm-run-machine',
    'lambda:InvokeFunction',
    'states:StartExecution',
  ],
];

describe('a program that is not wired up', () => {
  const cases = BROKEN.map(([how, broken, ...says]) => ({ how, broken, says }));

  it.each(cases)('is refused when $how', ({ broken, says }) => {
    const read = () => readWiring(broken(graph));
    expect(read).toThrow(WiringError);
    for (const part of says) expect(read).toThrow(part);
  });

  it('is told everything at once, each thing once', () => {
    const twice = without(without(graph, MACHINE, 'slipway-sm-run-machine'), 'aws:s3/bucket:Bucket');
    try {
      readWiring(twice);
      expect.unreachable();
    } catch (error) {
      if (!(error instanceof WiringError)) throw error;
      expect(error.problems.filter((problem) => problem.includes('artefacts bucket'))).toHaveLength(1);
      expect(error.problems.filter((problem) => problem.includes('machine run '))).toHaveLength(1);
    }
  });
});
