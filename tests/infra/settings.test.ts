import { describe, expect, it } from 'vitest';
import { readSettings } from '../../infra/settings.ts';

const read = (values: { readonly [key: string]: string }, stack = 'development') =>
  readSettings(stack, Object.fromEntries(Object.entries(values).map(([key, value]) => [`slipway:${key}`, value])));

describe('readSettings', () => {
  it('needs nothing but a stack', () => {
    expect(read({})).toEqual({
      environment: 'development',
      logRetentionDays: 90,
      retentionDays: 30,
      auditRetentionDays: 400,
      dataTables: [],
      taskFunctions: [],
      adoptedSecrets: {},
      reservedConcurrency: {},
      customerKey: false,
      deployment: 'LambdaAllAtOnce',
      tags: {},
      protectData: false,
    });
  });

  it('reads what the stack configures, and leaves the keys of others alone', () => {
    const all = {
      'aws:region': 'eu-central-1',
      'slipway:environment': 'blue',
      'slipway:logRetentionDays': '30',
      'slipway:retentionDays': '14',
      'slipway:auditRetentionDays': '3650',
      'slipway:dataTables': '["cities","customers-*"]',
      'slipway:taskFunctions': '["warm-*","arn:aws:lambda:us-east-1:111111111111:function:cool"]',
      'slipway:adoptedSecrets': '{"orders/db":"orders-db"}',
      'slipway:reservedConcurrency': '{"work-segment":20}',
      'slipway:logging': '{"level":"warn","debugShare":0.01,"thresholds":{"handles":300}}',
      'slipway:alarmEmail': 'ops@example.org',
      'slipway:customerKey': 'true',
      'slipway:vpc': '{"subnetIds":["subnet-0a1b2c"],"securityGroupIds":["sg-0a1b2c"]}',
      'slipway:deployment': 'LambdaLinear10PercentEvery1Minute',
      'slipway:monthlyBudgetUsd': '25',
      'slipway:tags': '{"team":"payments"}',
    };
    expect(readSettings('production', all)).toEqual({
      environment: 'blue',
      logRetentionDays: 30,
      retentionDays: 14,
      auditRetentionDays: 3650,
      dataTables: ['cities', 'customers-*'],
      taskFunctions: ['warm-*', 'arn:aws:lambda:us-east-1:111111111111:function:cool'],
      adoptedSecrets: { 'orders/db': 'orders-db' },
      reservedConcurrency: { 'work-segment': 20 },
      logging: { level: 'warn', debugShare: 0.01, thresholds: { handles: 300 } },
      alarmEmail: 'ops@example.org',
      customerKey: true,
      vpc: { subnetIds: ['subnet-0a1b2c'], securityGroupIds: ['sg-0a1b2c'] },
      deployment: 'LambdaLinear10PercentEvery1Minute',
      monthlyBudgetUsd: 25,
      tags: { team: 'payments' },
      protectData: true,
    });
  });

  it.each(['staging', 'production', 'prod', 'customer-7'])('protects the data of %s', (stack) => {
    expect(read({}, stack).protectData).toBe(true);
  });

  it.each(['local', 'development', 'test'])('lets the data of %s go', (stack) => {
    expect(read({}, stack).protectData).toBe(false);
  });

  it.each([
    ['development', 'LambdaAllAtOnce'],
    ['production', 'LambdaCanary10Percent5Minutes'],
  ])('moves the traffic of %s by %s', (stack, deployment) => {
    expect(read({}, stack).deployment).toBe(deployment);
  });

  it('takes an environment that looks like a number or a boolean for a name', () => {
    expect(() => read({ environment: '7' })).toThrow(/slipway:environment: must be lower-case/);
    expect(read({ environment: 'true' }).environment).toBe('true');
  });

  it.each([
    ['environment', 'Prod', 'lower-case letters'],
    ['environment', 'a'.repeat(21), 'at most 20'],
    ['retentionDays', '0', 'must be 1 or above'],
    ['auditRetentionDays', '3651', 'must be 3650 or below'],
    ['retentionDays', '1.5', 'must be a whole number of days'],
    ['logRetentionDays', '8', 'must be one of 1, 3, 5'],
    ['logRetentionDays', 'for ever', 'must be one of 1, 3, 5'],
    ['dataTables', '["*"]', 'dataTables[0]: must be the name of a table'],
    ['dataTables', '["ab*"]', 'dataTables[0]'],
    ['dataTables', '["cities","c*ties"]', 'dataTables[1]'],
    ['adoptedSecrets', '{"slipway-test-secret-db":"db"}', 'adoptedSecrets[slipway-test-secret-db]: must be the name of a secret'],
    ['adoptedSecrets', '{"orders/*":"db"}', 'adoptedSecrets[orders/*]: must be the name of a secret'],
    ['adoptedSecrets', '{"orders/db":"d b"}', 'adoptedSecrets[orders/db]: must be the name of a RotatedSecret'],
    ['taskFunctions', '["*"]', 'taskFunctions[0]: must be the name or ARN of a Lambda'],
    ['taskFunctions', '["arn:aws:lambda:us-east-1:111111111111:function:*"]', 'taskFunctions[0]'],
    ['reservedConcurrency', '{"work-segment":0}', 'reservedConcurrency[work-segment]'],
    ['reservedConcurrency', '{"work-segments":5}', 'reservedConcurrency: names no function: work-segments; known are'],
    ['environment', 'blue-task', 'must not hold -task'],
    ['environment', 'a-task-b', 'must not hold -task'],
    ['environment', 'guardrail-b', 'nor begin with guardrail'],
    ['customerKey', 'yes', 'customerKey: must be true or false'],
    ['vpc', '{"subnetIds":[],"securityGroupIds":["sg-0a1b2c"]}', 'vpc[subnetIds]: must name a subnet'],
    ['vpc', '{"subnetIds":["sn-1"],"securityGroupIds":["sg-0a1b2c"]}', 'vpc[subnetIds][0]: must be the id of a subnet'],
    ['vpc', '{"subnetIds":["subnet-0a1b2c"],"securityGroupIds":["web"]}', 'must be the id of a security group'],
    ['vpc', '{"subnets":["subnet-0a1b2c"]}', 'vpc'],
    ['deployment', 'Canary', 'deployment: must be one of LambdaAllAtOnce'],
    ['monthlyBudgetUsd', '0', 'must be above 0'],
    ['monthlyBudgetUsd', '20', 'needs alarmEmail'],
    ['tags', '{"slipway:environment":"other"}', 'must not begin with'],
    ['tags', '{"team":"a, b"}', 'tags[team]: must be of letters'],
    ['tags', '{"team!":"payments"}', 'tags[team!]: must be of letters'],
    ['machineRoles', '{"bob":["*:viewer"]}', 'machineRoles[bob]: must be the ARN of a user'],
    ['tags', JSON.stringify(Object.fromEntries(Array.from({ length: 41 }, (_, at) => [`tag-${at}`, 'x']))), 'tags: must be 40'],
    ['dataTables', JSON.stringify(Array.from({ length: 21 }, (_, at) => `table-${at}`)), 'dataTables: must be 20 names'],
    ['taskFunctions', JSON.stringify(Array.from({ length: 20 }, () => 'f'.repeat(60))), 'taskFunctions: must be 20 names'],
    [
      'machineRoles',
      JSON.stringify(
        Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`arn:aws:iam::111111111111:role/${'r'.repeat(40)}${at}`, []])),
      ),
      'machineRoles: must be 1,500 characters',
    ],
    ['jwtIssuer', 'http://login.example.org', 'jwtIssuer: must be the https address'],
    ['jwtIssuer', 'https://login.example.org', 'jwtIssuer: needs jwtAudience'],
    ['jwtAudience', '["slipway"]', 'jwtAudience: needs jwtIssuer'],
    ['jwtAudience', '[]', 'jwtAudience: must name an audience'],
    ['jwtRolesClaim', 'roles', 'jwtRolesClaim: needs jwtIssuer'],
    ['alarmEmail', 'nobody', 'must be an e-mail address'],
    ['dataTable', '["cities"]', 'slipway:dataTable: unknown; known are environment'],
  ])('refuses %s %s', (key, value, says) => {
    expect(() => read({ [key]: value })).toThrow(says);
  });

  it('tells every problem at once, and where to mend them', () => {
    const wrong = () =>
      read({
        logRetentionDays: '8',
        deployment: 'Canary',
        colour: 'red',
        monthlyBudgetUsd: '20',
        reservedConcurrency: '{"x":1}',
      });
    const told = ['logRetentionDays', 'deployment', 'slipway:colour', 'needs alarmEmail', 'names no function: x'];
    for (const says of [...told, 'Pulumi.development.yaml']) {
      expect(wrong).toThrow(says);
    }
  });
});
