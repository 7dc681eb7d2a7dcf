import { beforeAll, describe, expect, it } from 'vitest';
import type { PolicyDocument } from '../../infra/policies/policy-document.ts';
import type { GraphResource, ResourceGraph } from '../../local/graph/resource-graph.ts';
import { graphOfStack } from './stack-graphs.ts';

let plain: ResourceGraph;
let full: ResourceGraph;

beforeAll(async () => {
  plain = await graphOfStack('production');
  full = await graphOfStack('production', {
    alarmEmail: 'ops@example.org',
    monthlyBudgetUsd: 20,
    customerKey: true,
    deployment: 'LambdaLinear10PercentEvery1Minute',
    vpc: { subnetIds: ['subnet-0a1b2c'], securityGroupIds: ['sg-0a1b2c'] },
    tags: { team: 'payments' },
    jwtIssuer: 'https://login.example.org/',
    jwtAudience: ['slipway', 'slipway-cli'],
    jwtRolesClaim: 'roles',
  });
});

const named = (graph: ResourceGraph, name: string): GraphResource => {
  const found = graph.resources.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
};
const statement = (name: string, sid: string, field = 'policy') => {
  const document: PolicyDocument = JSON.parse(String(named(full, name).inputs[field]));
  const found = document.Statement.find(({ Sid }) => Sid === sid);
  if (found === undefined) throw new Error(`no ${sid} in ${name}`);
  return found;
};
const added = () => full.resources.filter(({ urn }) => !plain.resources.some((one) => one.urn === urn));

describe('a plain stack', () => {
  it('has nothing that nobody asked for', () => {
    expect(added().map(({ name }) => name)).toEqual(
      expect.arrayContaining(['slipway-encryption-key', 'slipway-budget-month', 'slipway-alarms-email']),
    );
    expect(named(plain, 'slipway-fn-start-run-lambda').inputs['vpcConfig']).toBeUndefined();
    expect(named(plain, 'slipway-table-items').inputs['serverSideEncryption']).toEqual({ enabled: true });
  });
});

describe('alarmEmail', () => {
  it('gets one message an incident: of the alarm over all, and of what is declared beside it', () => {
    expect(named(full, 'slipway-alarms-email').inputs).toMatchObject({
      protocol: 'email',
      endpoint: 'ops@example.org',
      filterPolicyScope: 'MessageBody',
      filterPolicy: '{"AlarmName":["slipway-production-is-unwell",{"prefix":"slipway-production-secret-"}]}',
    });
    expect(named(full, 'slipway-unwell-alarm').inputs['alarmName']).toBe('slipway-production-is-unwell');
  });
});

describe('monthlyBudgetUsd', () => {
  it('counts what carries the tag of the environment, and tells before it is spent', () => {
    const { inputs } = named(full, 'slipway-budget-month');
    expect(inputs).toMatchObject({ limitAmount: '20', limitUnit: 'USD', timeUnit: 'MONTHLY', budgetType: 'COST' });
    expect(inputs['costFilters']).toEqual([{ name: 'TagKeyValue', values: ['user:slipway:environment$production'] }]);
    expect(inputs['notifications']).toMatchObject([
      { notificationType: 'ACTUAL', threshold: 80, subscriberEmailAddresses: ['ops@example.org'] },
      { notificationType: 'FORECASTED', threshold: 100 },
    ]);
  });
});

describe('customerKey', () => {
  const key = 'slipway-encryption-key';

  it('lets CloudWatch use it for the alarms of this plane and of guardrails only', () => {
    expect(statement(key, 'Alarms').Condition).toEqual({
      StringEquals: { 'aws:SourceAccount': '000000000000' },
      ArnLike: {
        'aws:SourceArn': ['slipway-production-*', 'slipway-guardrail-*'].map(
          (name) => `arn:aws:cloudwatch:us-east-1:000000000000:alarm:${name}`,
        ),
      },
    });
  });

  it('covers the rules of both buses, and no others', () => {
    const rules = full.resources.filter(({ type }) => type === 'aws:cloudwatch/eventRule:EventRule');
    const buses = new Set(rules.map(({ outputs }) => String(outputs['arn']).replace(/[^/]*$/, '*')));
    const patterns = statement(key, 'Rules').Condition?.['ArnLike']?.['aws:SourceArn'];
    expect(patterns).toEqual([...buses].map((bus) => bus.replace(/\*$/, 'slipway-production-*')).sort());
    expect(buses.size).toBe(2);
  });

  it('covers every log group of the plane', () => {
    const patterns = statement(key, 'Logs').Condition?.['ArnLike']?.['kms:EncryptionContext:aws:logs:arn'] ?? [];
    const groups = full.resources.filter(({ type }) => type === 'aws:cloudwatch/logGroup:LogGroup');
    const uncovered = groups.filter(
      ({ outputs }) => ![patterns].flat().some((pattern) => String(outputs['arn']).startsWith(pattern.replace(/\*$/, ''))),
    );
    expect(groups.length).toBeGreaterThan(20);
    expect(uncovered.map(({ name }) => name)).toEqual([]);
  });

  it('lets functions use it through the services that store for them', () => {
    expect(statement('slipway-fn-start-run-policy', 'Key')).toMatchObject({
      Resource: [named(full, key).outputs['arn']],
      Condition: {
        StringEquals: {
          'kms:ViaService': ['dynamodb', 's3', 'sqs', 'sns', 'secretsmanager'].map(
            (service) => `${service}.us-east-1.amazonaws.com`,
          ),
        },
      },
    });
  });
});

describe('vpc', () => {
  it('puts every function into it, whose role may make network interfaces', () => {
    const functions = full.resources.filter(({ type }) => type === 'aws:lambda/function:Function');
    for (const { inputs } of functions) {
      expect(inputs['vpcConfig']).toEqual({ subnetIds: ['subnet-0a1b2c'], securityGroupIds: ['sg-0a1b2c'] });
    }
    expect(statement('slipway-fn-start-run-policy', 'Network').Action).toContain('ec2:CreateNetworkInterface');
  });
});

describe('deployment', () => {
  it('says how traffic moves', () => {
    const configOf = (graph: ResourceGraph) => named(graph, 'slipway-releases-start-run-group').inputs['deploymentConfigName'];
    expect(configOf(full)).toBe('CodeDeployDefault.LambdaLinear10PercentEvery1Minute');
    expect(configOf(plain)).toBe('CodeDeployDefault.LambdaCanary10Percent5Minutes');
  });

  it('is taken back by the alarm of the function, or of the API where that alone calls it', () => {
    const alarmsOf = (name: string) => named(plain, `slipway-releases-${name}-group`).inputs['alarmConfiguration'];
    expect(alarmsOf('start-run')).toEqual({
      enabled: true,
      alarms: ['slipway-production-api-failures'],
    });
    expect(alarmsOf('reconcile')).toEqual({ enabled: true, alarms: ['slipway-production-function-reconcile-errors'] });
  });

  it('lets CodeDeploy move those aliases, for those groups, and no more', () => {
    expect(statement('slipway-releases-role', 'CodeDeploy', 'assumeRolePolicy').Condition).toEqual({
      ArnLike: { 'aws:SourceArn': 'arn:aws:codedeploy:us-east-1:000000000000:deploymentgroup:slipway-production/*' },
      StringEquals: { 'aws:SourceAccount': '000000000000' },
    });
    const { Resource = [] } = statement('slipway-releases-policy', 'MoveAliases');
    expect(Resource).toContain('arn:aws:lambda:us-east-1:000000000000:function:slipway-production-start-run*');
    expect(Resource.filter((arn) => arn.includes('work-segment'))).toEqual([]);
    expect(statement('slipway-releases-policy', 'SeeAlarms')).toMatchObject({
      Action: ['cloudwatch:DescribeAlarms'],
      Resource: ['*'],
    });
  });
});

describe('jwtIssuer', () => {
  const routesOf = (graph: ResourceGraph, authorizationType: string) =>
    graph.resources
      .filter(({ type, inputs }) => type === 'aws:apigatewayv2/route:Route' && inputs['authorizationType'] === authorizationType)
      .map(({ inputs }) => String(inputs['routeKey']));

  it('has tokens looked at on every route, of that issuer and for that audience', () => {
    const { id, inputs } = named(full, 'slipway-http-tokens');
    const jwtConfiguration = { issuer: 'https://login.example.org/', audiences: ['slipway', 'slipway-cli'] };
    expect(inputs).toMatchObject({ authorizerType: 'JWT', jwtConfiguration });
    expect(routesOf(full, 'JWT').toSorted()).toEqual(routesOf(plain, 'AWS_IAM').toSorted());
    expect(named(full, 'slipway-http-start-run-route').inputs['authorizerId']).toBe(id);
  });

  it('moves requests that are signed below /machine, which API Gateway may call too', () => {
    expect(routesOf(full, 'AWS_IAM').toSorted()).toEqual(
      routesOf(plain, 'AWS_IAM')
        .map((key) => key.replace(' ', ' /machine'))
        .toSorted(),
    );
    const sourceOf = (name: string) => String(named(full, name).inputs['sourceArn']);
    expect(sourceOf('slipway-http-start-run-machine-permission')).toMatch(/\/\*\/POST\/machine\/v1\/runs$/);
    expect(sourceOf('slipway-http-start-run-permission')).toMatch(/\/\*\/POST\/v1\/runs$/);
    expect(full.outputs['machineUrl']).toMatch(/\.amazonaws\.com\/machine$/);
    expect(plain.outputs['machineUrl']).toBe(plain.outputs['apiUrl']);
    // An HTTP API has at most 300.
    expect(routesOf(full, 'AWS_IAM').length + routesOf(full, 'JWT').length).toBeLessThanOrEqual(300);
  });

  it('tells functions behind the API in which claim roles are', () => {
    const accessOf = (graph: ResourceGraph, name: string) =>
      (named(graph, `slipway-fn-${name}-lambda`).inputs['environment'] as { variables: Record<string, string> }).variables[
        'SLIPWAY_ACCESS'
      ];
    expect(accessOf(full, 'start-run')).toBe('{"rolesClaim":"roles"}');
    expect(accessOf(full, 'seize-run')).toBeUndefined();
    expect(accessOf(plain, 'start-run')).toBeUndefined();
  });
});

describe('tags', () => {
  it('are on everything, beside those of Slipway', () => {
    expect(named(full, 'slipway-table-items').inputs['tags']).toEqual({
      team: 'payments',
      'slipway:environment': 'production',
      'slipway:managed-by': 'pulumi',
    });
  });
});

describe('the dashboard', () => {
  it('has widgets that do not overlap, of metrics of this plane', () => {
    const body = JSON.parse(String(named(plain, 'slipway-dashboard-page').inputs['dashboardBody']));
    const cells: string[] = body.widgets.flatMap((widget: { x: number; y: number; width: number; height: number }) =>
      Array.from({ length: widget.width * widget.height }, (_, index) =>
        [widget.x + (index % widget.width), widget.y + Math.floor(index / widget.width)].join(),
      ),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(cells.every((cell) => Number(cell.split(',')[0]) < 24)).toBe(true);
    const text = JSON.stringify(body);
    for (const part of ['AWS/Lambda', 'slipway-production', 'stateMachine:slipway-production-run']) expect(text).toContain(part);
  });

  it('shows no more metrics than AWS does for nothing', () => {
    const body = JSON.parse(String(named(plain, 'slipway-dashboard-page').inputs['dashboardBody']));
    const metrics: unknown[] = body.widgets.flatMap(
      ({ properties }: { properties: { metrics?: unknown[] } }) => properties.metrics ?? [],
    );
    expect(metrics.length).toBeGreaterThan(15);
    expect(metrics.length).toBeLessThanOrEqual(50);
  });
});
