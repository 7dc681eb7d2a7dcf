import { beforeAll, describe, expect, it } from 'vitest';
import { evaluateGraph } from '../../local/graph/evaluate-graph.ts';
import { recordProgram } from '../../local/graph/recording-monitor.ts';
import type { GraphResource, ResourceGraph } from '../../local/graph/resource-graph.ts';
import rotated from './fixtures/rotated/index.ts';
import { ALARM, ALIAS, API, BUCKET, KEY, LAMBDA, LOG_GROUP, MACHINE, ofType, QUEUE, SECRET, TABLE, TOPIC } from './rules/rule.ts';

/** As long as a name of an environment, and what stands for a partition and a region in an ARN, can be. */
const LONGEST_ENVIRONMENT = 'a'.repeat(20);
const LONGEST_PLACE = ['aws-us-gov', 'ap-southeast-1'] as const;

/** Settings as long as they may be. */
const LARGEST = {
  dataTables: Array.from({ length: 20 }, (_, at) => `${'t'.repeat(47)}${at + 10}`),
  taskFunctions: Array.from({ length: 20 }, (_, at) => `${'f'.repeat(47)}${at + 10}`),
  adoptedSecrets: Object.fromEntries(
    Array.from({ length: 10 }, (_, at) => [`${'s'.repeat(29)}${at + 10}`, `${'n'.repeat(9)}${at + 10}`]),
  ),
  machineRoles: Object.fromEntries(
    Array.from({ length: 14 }, (_, at) => [`arn:aws:iam::111111111111:role/${'r'.repeat(50)}${at + 10}`, ['*:operator']]),
  ),
  jwtRolesClaim: 'https://slipway.example.org/roles',
  alarmEmail: 'ops@example.org',
  monthlyBudgetUsd: 20,
  customerKey: true,
  vpc: { subnetIds: ['subnet-0a1b2c'], securityGroupIds: ['sg-0a1b2c'] },
  jwtIssuer: 'https://login.example.org/',
  jwtAudience: ['slipway'],
};

/** Characters of an input of a resource, by AWS' quotas; the longest only where they differ by resource. */
const LIMITS: readonly (readonly [type: string, field: string, most: number])[] = [
  [LAMBDA, 'name', 64],
  [LAMBDA, 'description', 256],
  [ALIAS, 'description', 256],
  [BUCKET, 'bucket', 63],
  [TABLE, 'name', 255],
  [TOPIC, 'name', 256],
  [QUEUE, 'name', 80],
  [SECRET, 'name', 512],
  [SECRET, 'description', 2_048],
  [LOG_GROUP, 'name', 512],
  [MACHINE, 'name', 80],
  [MACHINE, 'definition', 1_048_576],
  [API, 'name', 128],
  [API, 'description', 1_024],
  [KEY, 'description', 8_192],
  [KEY, 'policy', 32_768],
  [ALARM, 'name', 255],
  [ALARM, 'alarmDescription', 1_024],
  ['aws:cloudwatch/compositeAlarm:CompositeAlarm', 'alarmName', 255],
  ['aws:cloudwatch/compositeAlarm:CompositeAlarm', 'alarmDescription', 1_024],
  ['aws:cloudwatch/compositeAlarm:CompositeAlarm', 'alarmRule', 10_240],
  ['aws:cloudwatch/dashboard:Dashboard', 'dashboardName', 255],
  ['aws:cloudwatch/eventBus:EventBus', 'name', 256],
  ['aws:cloudwatch/eventRule:EventRule', 'name', 64],
  ['aws:cloudwatch/eventRule:EventRule', 'description', 512],
  ['aws:cloudwatch/eventRule:EventRule', 'eventPattern', 2_048],
  ['aws:codedeploy/application:Application', 'name', 100],
  ['aws:codedeploy/deploymentGroup:DeploymentGroup', 'deploymentGroupName', 100],
  ['aws:budgets/budget:Budget', 'name', 100],
  ['aws:iam/role:Role', 'name', 64],
  ['aws:iam/role:Role', 'assumeRolePolicy', 2_048],
  ['aws:iam/rolePolicy:RolePolicy', 'policy', 10_240],
  ['aws:kms/alias:Alias', 'name', 256],
  ['aws:s3/bucketPolicy:BucketPolicy', 'policy', 20_480],
  ['aws:scheduler/scheduleGroup:ScheduleGroup', 'name', 64],
  ['aws:sns/topicPolicy:TopicPolicy', 'policy', 30_720],
  ['aws:sqs/queuePolicy:QueuePolicy', 'policy', 8_192],
];

/** How many of a type one stack may have. */
const COUNTS: readonly (readonly [type: string, most: number])[] = [
  // Of an HTTP API.
  ['aws:apigatewayv2/route:Route', 300],
  ['aws:apigatewayv2/integration:Integration', 300],
  // Of one bus, and under one composite alarm.
  ['aws:cloudwatch/eventRule:EventRule', 100],
  [ALARM, 100],
];

let plane: ResourceGraph;
/** With secrets that are rotated beside a control plane. */
let graph: ResourceGraph;

/** Whatever its ARNs hold, in the place whose names are longest. */
const elsewhere = ({ inputs, ...rest }: GraphResource): GraphResource => {
  const [partition, region] = LONGEST_PLACE;
  const text = JSON.stringify(inputs).replaceAll('arn:aws:', `arn:${partition}:`).replaceAll('us-east-1', region);
  return { ...rest, inputs: JSON.parse(text) as GraphResource['inputs'] };
};

beforeAll(async () => {
  plane = await evaluateGraph({ environment: LONGEST_ENVIRONMENT, config: LARGEST });
  const beside = await recordProgram('anything', {}, rotated);
  graph = { ...plane, resources: [...plane.resources, ...beside.resources].map(elsewhere) };
});

describe('in the environment and the region with the longest names, AWS takes', () => {
  it.each(LIMITS)('of every %s the %s', (type, field, most) => {
    const lengths = ofType(graph, type).flatMap(({ name, inputs }) =>
      inputs[field] === undefined ? [] : [{ name, length: String(inputs[field]).length }],
    );
    expect(lengths.length).toBeGreaterThan(0);
    expect(lengths.filter(({ length }) => length > most)).toEqual([]);
  });

  it.each(COUNTS)('every %s', (type, most) => {
    const { length } = ofType(plane, type);
    expect(length).toBeGreaterThan(5);
    expect(length).toBeLessThanOrEqual(most);
  });

  it('the environment of every function', () => {
    const sizes = ofType(graph, LAMBDA).map(({ name, inputs }) => {
      const { variables } = inputs['environment'] as { readonly variables: { readonly [key: string]: string } };
      return { name, bytes: Object.entries(variables).reduce((sum, pair) => sum + Buffer.byteLength(pair.join('')), 0) };
    });
    expect(sizes.filter(({ bytes }) => bytes > 4_096)).toEqual([]);
  });
});
