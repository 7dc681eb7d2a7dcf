import { RotatedSecret, type RotatedSecretArgs } from 'slipway/pulumi';
import { beforeAll, describe, expect, it } from 'vitest';
import { readEnvironment } from '../../functions/environment.ts';
import { readRotationEnvironment } from '../../functions/rotate-secret/rotation-environment.ts';
import { ROTATORS } from '../../functions/rotators.ts';
import { rotatorOf } from '../../functions/secrets-of-environment.ts';
import type { PolicyDocument } from '../../infra/policies/policy-document.ts';
import { recordProgram } from '../../local/graph/recording-monitor.ts';
import type { GraphResource, ResourceGraph } from '../../local/graph/resource-graph.ts';
import program from './fixtures/rotated/index.ts';
import { permissionPolicy } from './iam/policies-of-graph.ts';
import { sessionOf } from './iam/roles.ts';
import { allowed } from './iam/simulator.ts';
import { RULES } from './rules/all-rules.ts';
import { idleCost, PRODUCTION_RULES } from './rules/production-rules.ts';
import { CUSTOMER_KEY_RULES } from './rules/storage-rules.ts';
import { without } from './sabotage.ts';
import { sampleSources } from './sample-sources.ts';

let graph: ResourceGraph;

beforeAll(async () => {
  graph = await recordProgram('anything', {}, program);
});

const named = (name: string, type = ''): GraphResource => {
  const found = graph.resources.find((one) => one.name === name && one.custom && one.type.includes(type));
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
};

const ACCOUNT = '000000000000';
const arn = (service: string, resource: string) => `arn:aws:${service}:us-east-1:${ACCOUNT}:${resource}`;
const SECRET = arn('secretsmanager', 'secret:slipway-production-secret-db-000000');
const LAMBDA = arn('lambda', 'function:slipway-production-secret-db');

describe('the rules of the program, of production and of a key of the customer', () => {
  // A failure of a Task fails the component that runs it, which tells.
  const rules = { ...RULES, ...PRODUCTION_RULES, ...CUSTOMER_KEY_RULES };
  const ofSecrets = (said: string) => !/geocoder-key/.test(said);

  it.each(Object.keys(rules))('%s', (rule) => {
    expect((rules[rule]?.(graph) ?? []).filter(ofSecrets)).toEqual([]);
  });

  it.each([
    ['functions have an alarm', 'aws:cloudwatch/metricAlarm:MetricAlarm', 'db-alarms-failed', 'db-lambda'],
    ['what is lost goes to a queue that is watched', 'aws:sqs/queue:Queue', undefined, 'db-lambda'],
  ])('%s, else it is told', (rule, type, gone, says) => {
    expect(rules[rule]?.(without(graph, type, gone)).join('\n')).toContain(says);
  });

  it('cost 60 cents a month each by being there, and 20 where the secret was there before', async () => {
    const alone = {
      ...graph,
      resources: graph.resources.filter(({ urn }) => /infra:(RotatedSecret|RotationAlarms)\$/.test(urn)),
    };
    expect(idleCost(alone)).toBeCloseTo(3 * 0.6 + 0.2);
  });
});

describe('a RotatedSecret', () => {
  it('is a secret without a value, kept and under the key where its environment is', () => {
    expect(named('db-secret')).toMatchObject({
      inputs: { name: 'slipway-production-secret-db', recoveryWindowInDays: 30, kmsKeyId: expect.stringContaining(':key/') },
      protect: true,
      retainOnDelete: true,
    });
    expect(JSON.stringify(named('db-secret').inputs)).not.toContain('secretString');
  });

  it('goes with a development stack', async () => {
    const { resources } = await recordProgram('anything', {}, async () => {
      const secret = new RotatedSecret('db', { environment: 'development', system: 'redis', code: sampleSources.code });
      return { arn: secret.secretArn };
    });
    expect(resources.filter((one) => one.protect || one.retainOnDelete)).toEqual([]);
  });

  it('is rotated on its days by a function that has its name and a role of its own', () => {
    expect(named('db-rotation', 'SecretRotation').inputs).toEqual({
      secretId: SECRET,
      rotationLambdaArn: LAMBDA,
      rotationRules: { automaticallyAfterDays: 30 },
      rotateImmediately: false,
    });
    expect(named('db-lambda').inputs).toMatchObject({
      name: 'slipway-production-secret-db',
      role: `arn:aws:iam::${ACCOUNT}:role/slipway-production-secret-db`,
      timeout: 120,
      vpcConfig: { subnetIds: ['subnet-0a1b2c'], securityGroupIds: ['sg-0a1b2c'] },
    });
  });

  it('tells its function all that it reads of its environment', () => {
    const { variables } = named('db-lambda').inputs['environment'] as { variables: { [name: string]: string } };
    expect(readRotationEnvironment(variables)).toMatchObject({
      ...{ name: 'production', table: 'slipway-production', bus: 'slipway-production', system: 'postgresql' },
      ...{ overlap: 1_800_000, rule: { length: 40, classes: ['lower', 'upper', 'digit'] }, task: undefined },
      revokeMachine: arn('states', 'stateMachine:slipway-production-revoke'),
    });
    expect(named('rails-table-items').inputs['name']).toBe(variables['SLIPWAY_TABLE']);
    expect(named('rails-sm-revoke-machine').outputs['arn']).toBe(variables['SLIPWAY_MACHINE_REVOKE']);
    const ofKey = named('geocoder-lambda').inputs['environment'] as typeof variables & { variables: typeof variables };
    expect(readRotationEnvironment(ofKey.variables).task).toBe('slipway-production-task-geocoder-key');
  });

  it.each(Object.entries(ROTATORS))('of %s has the bundle %s', async (system, bundle) => {
    const task = system === 'two-keys' ? { task: 'keys' } : {};
    const bundles: string[] = [];
    const code = (name: string) => {
      bundles.push(name);
      return sampleSources.code(name);
    };
    const args = { environment: 'test', system, code, ...task } as RotatedSecretArgs;
    await recordProgram('anything', {}, async () => ({ arn: new RotatedSecret('one', args).secretArn }));
    expect(bundles).toEqual([bundle]);
  });

  it('is what revoke-secret calls, and nothing else but such', async () => {
    const policies = [JSON.parse(String(named('rails-fn-revoke-secret-policy').inputs['policy'])) as PolicyDocument];
    const principal = sessionOf(LAMBDA, 'revoke-secret');
    const may = (resource: string) => allowed({ principal, action: 'lambda:InvokeFunction', resource, identity: policies });
    expect(await may(LAMBDA)).toBe(true);
    expect(await may(LAMBDA.replace('production', 'staging'))).toBe(false);
    expect(await may(LAMBDA.replace('-secret-', '-'))).toBe(false);
    const { variables } = named('rails-fn-revoke-secret-lambda').inputs['environment'] as {
      variables: { [name: string]: string };
    };
    expect(`${variables['SLIPWAY_ROTATOR_PREFIX']}db`).toBe(named('db-lambda').inputs['name']);
  });
});

describe('the role of a RotatedSecret', () => {
  const roles = () => [JSON.parse(String(named('db-policy').inputs['policy'])) as PolicyDocument];
  const principal = sessionOf(LAMBDA, 'slipway-production-secret-db');
  const may = (action: string, resource: string, context: { [key: string]: string | string[] } = {}) =>
    allowed({ principal, action, resource, account: ACCOUNT, context, identity: roles() });
  const table = arn('dynamodb', 'table/slipway-production');
  const master = arn('secretsmanager', 'secret:slipway-production-secret-db-master-000000');
  const values = ['DescribeSecret', 'GetSecretValue', 'PutSecretValue', 'UpdateSecretVersionStage'].map(
    (name) => `secretsmanager:${name}`,
  );

  it('reaches its one secret', async () => {
    for (const action of values) {
      expect([action, await may(action, SECRET)]).toEqual([action, true]);
      expect([action, await may(action, SECRET.replace('-db-', '-other-'))]).toEqual([action, false]);
    }
    for (const action of ['DeleteSecret', 'PutResourcePolicy', 'UpdateSecret'].map((name) => `secretsmanager:${name}`))
      expect([action, await may(action, SECRET)]).toEqual([action, false]);
  });

  it('reads its master secret, and changes nothing of it', async () => {
    const allowedOf = await Promise.all(values.map(async (action) => ((await may(action, master)) ? [action] : [])));
    expect(allowedOf.flat()).toEqual(['secretsmanager:GetSecretValue']);
  });

  it.each([
    ['its own items', 'SECRET#slipway-production-secret-db', true],
    ['those of another secret', 'SECRET#slipway-production-secret-db-master', false],
    ['a run', 'RUN#1', false],
  ])('of the control table: %s', async (_, key, expected) => {
    for (const action of ['dynamodb:GetItem', 'dynamodb:UpdateItem'])
      expect([action, await may(action, table, { 'dynamodb:LeadingKeys': [key] })]).toEqual([action, expected]);
    expect(await may('dynamodb:DeleteItem', table, { 'dynamodb:LeadingKeys': [key] })).toBe(false);
  });

  it('starts the machine revoke and no other', async () => {
    expect(await may('states:StartExecution', arn('states', 'stateMachine:slipway-production-revoke'))).toBe(true);
    expect(await may('states:StartExecution', arn('states', 'stateMachine:slipway-production-run'))).toBe(false);
  });

  it('uses the key for what stores in its name only', async () => {
    const { arn: resource, policy } = named('rails-encryption-key').outputs;
    const resourcePolicy = JSON.parse(String(policy)) as PolicyDocument;
    const decrypts = (context: { [key: string]: string }) =>
      allowed({
        principal,
        action: 'kms:Decrypt',
        resource: String(resource),
        account: ACCOUNT,
        context,
        identity: roles(),
        resourcePolicy,
      });
    const via = (service: string) => ({ 'kms:ViaService': `${service}.us-east-1.amazonaws.com` });
    expect(await decrypts(via('secretsmanager'))).toBe(true);
    expect(await decrypts(via('s3'))).toBe(false);
    expect(await decrypts({})).toBe(false);
  });

  it('calls a Task only where a service has two keys', async () => {
    const task = arn('lambda', 'function:slipway-production-task-geocoder-key');
    expect(await may('lambda:InvokeFunction', task)).toBe(false);
    const identity = [JSON.parse(String(named('geocoder-policy').inputs['policy'])) as PolicyDocument];
    expect(await allowed({ principal, action: 'lambda:InvokeFunction', resource: task, identity })).toBe(true);
  });
});

describe('a RotatedSecret of a secret that is there already', () => {
  const LEGACY = arn('secretsmanager', 'secret:orders/legacy-AbCdEf');
  const ofPlane = (name: string) => {
    const { variables } = named(`rails-fn-${name}-lambda`).inputs['environment'] as { variables: { [name: string]: string } };
    const identity = [JSON.parse(String(named(`rails-fn-${name}-policy`).inputs['policy'])) as PolicyDocument];
    return { variables, identity, principal: sessionOf(LAMBDA, name) };
  };

  it('makes none, and has that one rotated by a function of its own', () => {
    expect(graph.resources.filter(({ type, name }) => type.endsWith(':Secret') && name.startsWith('legacy'))).toEqual([]);
    expect(named('legacy-rotation', 'SecretRotation').inputs).toMatchObject({
      secretId: LEGACY,
      rotationLambdaArn: LAMBDA.replace('-db', '-legacy'),
      rotateImmediately: false,
    });
    expect(named('legacy-look-target').inputs['input']).toBe(JSON.stringify({ Step: 'checkSecret', SecretId: LEGACY }));
    expect(named('legacy-alarms-late').inputs).toMatchObject({
      name: 'slipway-production-secret-legacy-late',
      dimensions: { environment: 'production', secret: 'orders/legacy' },
    });
  });

  it('reaches that secret and its items, by its own name', async () => {
    const identity = [JSON.parse(String(named('legacy-policy').inputs['policy'])) as PolicyDocument];
    const principal = sessionOf(LAMBDA, 'slipway-production-secret-legacy');
    const may = (action: string, resource: string, context: { [key: string]: string[] } = {}) =>
      allowed({ principal, action, resource, account: ACCOUNT, context, identity });
    expect(await may('secretsmanager:PutSecretValue', LEGACY)).toBe(true);
    expect(await may('secretsmanager:PutSecretValue', SECRET)).toBe(false);
    const items = (key: string) =>
      may('dynamodb:UpdateItem', arn('dynamodb', 'table/slipway-production'), { 'dynamodb:LeadingKeys': [key] });
    expect(await items('SECRET#orders/legacy')).toBe(true);
    expect(await items('SECRET#slipway-production-secret-legacy')).toBe(false);
  });

  it('is known to the control plane that was told, with the function that rotates it', async () => {
    const rotates = ofPlane('ask-rotation');
    const may = (action: string, resource: string) => allowed({ ...rotates, action, resource, account: ACCOUNT });
    for (const action of ['DescribeSecret', 'RotateSecret', 'UpdateSecretVersionStage'].map((one) => `secretsmanager:${one}`)) {
      expect([action, await may(action, LEGACY)]).toEqual([action, true]);
      expect([action, await may(action, LEGACY.replace('legacy', 'legacy-two'))]).toEqual([action, false]);
    }
    expect(await may('secretsmanager:GetSecretValue', LEGACY)).toBe(false);
    for (const name of ['ask-rotation', 'revoke-secret', 'restore-secret', 'undo-component']) {
      const { rotated } = readEnvironment(ofPlane(name).variables);
      expect([name, rotatorOf(rotated, LEGACY)]).toEqual([name, 'slipway-production-secret-legacy']);
    }
    expect(ofPlane('get-run').variables['SLIPWAY_ADOPTED_ROTATORS']).toBeUndefined();
  });
});

describe('what may call the function of a RotatedSecret', () => {
  const asks = (permission: string, service: string, source: string, account = ACCOUNT) => {
    const { arn: resource, document } = permissionPolicy(graph, named(permission, 'Permission'));
    const context = { 'aws:SourceArn': source, 'aws:SourceAccount': account };
    return allowed({
      principal: service,
      action: 'lambda:InvokeFunction',
      resource,
      account: ACCOUNT,
      context,
      resourcePolicy: document,
    });
  };

  it('is Secrets Manager for this secret of this account, and nobody else', async () => {
    const rotates = (service: string, source = SECRET, account?: string) =>
      asks('db-rotation-permission', service, source, account);
    expect(await rotates('secretsmanager.amazonaws.com')).toBe(true);
    expect(await rotates('events.amazonaws.com')).toBe(false);
    expect(await rotates('secretsmanager.amazonaws.com', SECRET.replace('-db-', '-other-'))).toBe(false);
    expect(await rotates('secretsmanager.amazonaws.com', SECRET.replace(ACCOUNT, '999999999999'), '999999999999')).toBe(false);
    expect(await rotates('secretsmanager.amazonaws.com', SECRET, '999999999999')).toBe(false);
  });

  it('is the rule that has it look for a late rotation', async () => {
    const rule = arn('events', 'rule/slipway-production-secret-db');
    expect(await asks('db-look-permission', 'events.amazonaws.com', rule)).toBe(true);
    expect(await asks('db-look-permission', 'events.amazonaws.com', rule.replace('-db', '-other'))).toBe(false);
    expect(named('db-look-target').inputs).toMatchObject({
      arn: LAMBDA,
      input: JSON.stringify({ Step: 'checkSecret', SecretId: SECRET }),
    });
  });

  it('loses nothing: what could not be delivered may go to the queue of the plane', async () => {
    const policy = JSON.parse(String(named('rails-on-undelivered-policy').inputs['policy'])) as PolicyDocument;
    const ask = (source: string) =>
      allowed({
        principal: 'events.amazonaws.com',
        action: 'sqs:SendMessage',
        resource: arn('sqs', 'slipway-production-undelivered'),
        account: ACCOUNT,
        context: { 'aws:SourceArn': source, 'aws:SourceAccount': ACCOUNT, 'aws:SecureTransport': 'true' },
        resourcePolicy: policy,
      });
    expect(await ask(arn('events', 'rule/slipway-production-secret-db'))).toBe(true);
    expect(await ask(arn('events', 'rule/slipway-staging-secret-db'))).toBe(false);
  });
});

describe('the arguments of a RotatedSecret', () => {
  const refused = (args: object, name = 'db') => {
    const whole = { environment: 'staging', system: 'redis', code: sampleSources.code, ...args } as RotatedSecretArgs;
    return expect(recordProgram('anything', {}, async () => ({ made: String(new RotatedSecret(name, whole)) }))).rejects;
  };

  it('are all told of at once', async () => {
    await refused({ system: 'oracle', overlap: '31d', rule: { length: 4 }, everyDays: 0 }).toThrow(
      /RotatedSecret db is wrong:\n(?=[\s\S]*system: )(?=[\s\S]*overlap: must be at most 30d)(?=[\s\S]*rule.length: )[\s\S]*everyDays: must be 1/,
    );
  });

  it.each([
    ['a task that its system has no use for', { task: 'keys' }, 'db', /task: belongs to the system two-keys/],
    ['two keys without a task', { system: 'two-keys' }, 'db', /task: belongs to the system two-keys/],
    ['a secret that has no ARN', { secretArn: 'orders/db' }, 'db', /secretArn: must be the ARN of a secret/],
    [
      'words for a secret of others',
      { secretArn: SECRET, description: 'ours' },
      'db',
      /description: belongs to a secret that is made/,
    ],
    ['a key of no master secret', { masterKeyArn: 'arn:key' }, 'db', /masterKeyArn: needs masterSecretArn/],
    ['windows that overlap', { overlap: '2d', everyDays: 1 }, 'db', /overlap: must be shorter/],
    ['no duration', { overlap: 'soon' }, 'db', /overlap: must be a duration/],
    ['a rule that nothing fits', { rule: { classes: ['digit'], exclude: '0123456789' } }, 'db', /rule: fits no value/],
    ['a name that no function can have', {}, 'd b', /its name: take letters/],
    ['a name that is too long', {}, 'a'.repeat(50), /its name: take letters/],
  ])('hold no %s', async (_, args, name, why) => {
    await refused(args, name).toThrow(why);
  });
});
