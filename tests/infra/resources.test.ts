import { beforeAll, describe, expect, it } from 'vitest';
import { functions } from '../../functions/catalog.ts';
import { evaluateGraph } from '../../local/graph/evaluate-graph.ts';
import type { ResourceGraph } from '../../local/graph/resource-graph.ts';
import { machines } from '../../statemachines/catalog.ts';
import { sampleSources } from './sample-sources.ts';

let graph: ResourceGraph;

beforeAll(async () => {
  graph = await evaluateGraph({ environment: 'production', config: { alarmEmail: 'ops@example.org' }, sources: sampleSources });
});

const PLANE = [
  'slipway:infra:ControlPlane slipway',
  'slipway:infra:ControlTable slipway-table',
  'aws:dynamodb/table:Table slipway-table-items',
  'slipway:infra:ArtefactsBucket slipway-artefacts',
  'aws:s3/bucket:Bucket slipway-artefacts-objects',
  'aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock slipway-artefacts-private',
  'aws:s3/bucketOwnershipControls:BucketOwnershipControls slipway-artefacts-owner',
  'aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration slipway-artefacts-encryption',
  'aws:s3/bucketPolicy:BucketPolicy slipway-artefacts-policy',
  'aws:s3/bucketVersioning:BucketVersioning slipway-artefacts-versions',
  'aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration slipway-artefacts-lifecycle',
  'slipway:infra:EventBus slipway-bus',
  'aws:cloudwatch/eventBus:EventBus slipway-bus-events',
  'slipway:infra:UndeliveredQueue slipway-undelivered',
  'aws:sqs/queue:Queue slipway-undelivered-queue',
  'slipway:infra:FunctionFleet slipway-fn',
  'slipway:infra:HttpApi slipway-http',
  'aws:apigatewayv2/api:Api slipway-http-api',
  'aws:apigatewayv2/stage:Stage slipway-http-stage',
  'aws:cloudwatch/logGroup:LogGroup slipway-http-logs',
  'slipway:infra:Triggers slipway-on',
  'aws:sqs/queuePolicy:QueuePolicy slipway-on-undelivered-policy',
  'slipway:infra:PlaneAlarms slipway-watch',
  'aws:sns/topic:Topic slipway-watch-topic',
  'aws:sns/topicPolicy:TopicPolicy slipway-watch-topic-policy',
  'aws:sns/topicSubscription:TopicSubscription slipway-watch-email',
  'aws:cloudwatch/metricAlarm:MetricAlarm slipway-watch-table-read-throttles-alarm',
  'aws:cloudwatch/metricAlarm:MetricAlarm slipway-watch-table-write-throttles-alarm',
  'aws:cloudwatch/metricAlarm:MetricAlarm slipway-watch-undelivered-events-alarm',
];

const ofFunction = (name: string) => [
  `slipway:infra:SlipwayFunction slipway-fn-${name}`,
  `aws:cloudwatch/logGroup:LogGroup slipway-fn-${name}-logs`,
  `aws:iam/role:Role slipway-fn-${name}-role`,
  `aws:iam/rolePolicy:RolePolicy slipway-fn-${name}-policy`,
  `aws:lambda/function:Function slipway-fn-${name}-lambda`,
  `aws:cloudwatch/metricAlarm:MetricAlarm slipway-watch-function-${name}-errors-alarm`,
];

const ofRoute = (name: string) => [
  `aws:apigatewayv2/integration:Integration slipway-http-${name}-integration`,
  `aws:apigatewayv2/route:Route slipway-http-${name}-route`,
  `aws:lambda/permission:Permission slipway-http-${name}-permission`,
];

const ofTrigger = (name: string, kind: string) => [
  `aws:cloudwatch/eventRule:EventRule slipway-on-${name}-${kind}-rule`,
  `aws:cloudwatch/eventTarget:EventTarget slipway-on-${name}-${kind}-target`,
  `aws:lambda/permission:Permission slipway-on-${name}-${kind}-permission`,
];

const ofMachine = (name: string) => [
  `slipway:infra:StateMachine slipway-sm-${name}`,
  `aws:cloudwatch/logGroup:LogGroup slipway-sm-${name}-logs`,
  `aws:iam/role:Role slipway-sm-${name}-role`,
  `aws:iam/rolePolicy:RolePolicy slipway-sm-${name}-policy`,
  `aws:sfn/stateMachine:StateMachine slipway-sm-${name}-machine`,
  `aws:cloudwatch/metricAlarm:MetricAlarm slipway-watch-machine-${name}-failed-alarm`,
  `aws:cloudwatch/metricAlarm:MetricAlarm slipway-watch-machine-${name}-timed-out-alarm`,
];

describe('the program', () => {
  it('registers exactly what the catalogs ask for', () => {
    const expected = [
      ...PLANE,
      ...functions.flatMap(({ name }) => ofFunction(name)),
      ...functions.filter(({ route }) => route !== undefined).flatMap(({ name }) => ofRoute(name)),
      ...functions.filter(({ schedule }) => schedule !== undefined).flatMap(({ name }) => ofTrigger(name, 'schedule')),
      ...functions.filter((spec) => spec.onExecutionEnd === true).flatMap(({ name }) => ofTrigger(name, 'execution-end')),
      ...machines.flatMap(({ name }) => ofMachine(name)),
    ];
    const actual = graph.resources
      .filter(({ type }) => type !== 'pulumi:pulumi:Stack')
      .map(({ type, name }) => `${type} ${name}`);
    expect(actual.toSorted()).toEqual(expected.toSorted());
  });

  it('puts everything under the control plane', () => {
    const byUrn = new Map(graph.resources.map((one) => [one.urn, one]));
    const rootOf = (urn: string): string => {
      const parent = byUrn.get(urn)?.parent;
      return parent === undefined || byUrn.get(parent)?.type === 'pulumi:pulumi:Stack'
        ? (byUrn.get(urn)?.name ?? '')
        : rootOf(parent);
    };
    const strays = graph.resources.filter(({ type, urn }) => type !== 'pulumi:pulumi:Stack' && rootOf(urn) !== 'slipway');
    expect(strays).toEqual([]);
  });

  it('creates a function only after what it may do', () => {
    for (const { name } of functions) {
      const lambda = graph.resources.find((one) => one.name === `slipway-fn-${name}-lambda`);
      expect(lambda?.dependencies.some((urn) => urn.endsWith(`::slipway-fn-${name}-policy`))).toBe(true);
    }
  });

  it('gives each function its catalog memory, time and description', () => {
    for (const spec of functions) {
      const lambda = graph.resources.find((one) => one.name === `slipway-fn-${spec.name}-lambda`);
      expect(lambda?.inputs).toMatchObject({
        memorySize: spec.memoryMb,
        timeout: spec.timeoutSeconds,
        description: spec.purpose,
        name: `slipway-production-${spec.name}`,
      });
    }
  });

  it('keeps the names of functions, roles and rules within what AWS takes', () => {
    const named = graph.resources.filter(({ custom, inputs }) => custom && typeof inputs['name'] === 'string');
    const limits: { readonly [type: string]: number } = {
      'aws:lambda/function:Function': 64,
      'aws:iam/role:Role': 64,
      'aws:cloudwatch/eventRule:EventRule': 64,
      'aws:sfn/stateMachine:StateMachine': 80,
    };
    const longest = 'slipway-'.length + 20 - 'slipway-production'.length;
    const tooLong = named.filter(({ type, inputs }) => String(inputs['name']).length + longest > (limits[type] ?? 255));
    expect(tooLong.map(({ name }) => name)).toEqual([]);
  });

  it('returns what a caller needs to reach it', () => {
    expect(Object.keys(graph.outputs).toSorted()).toEqual([
      'alarmTopicArn',
      'apiUrl',
      'bucketName',
      'busName',
      'machineArns',
      'tableName',
    ]);
  });
});
