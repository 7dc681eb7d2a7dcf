import { describe, expect, it } from 'vitest';
import type { FunctionSpec } from '../../functions/catalog/function-spec.ts';
import { functions } from '../../functions/catalog.ts';
import {
  catalogStatements,
  functionPolicy,
  machineVariable,
  requiredVariables,
  type ScopeArns,
} from '../../infra/policies/function-policy.ts';
import { machinePolicy } from '../../infra/policies/machine-policy.ts';
import { allow } from '../../infra/policies/policy-document.ts';

const scopes: ScopeArns = {
  'control-table': ['arn:table'],
  denials: ['t'],
  runs: ['t'],
  answers: ['t'],
  'control-index': ['arn:table/index/*'],
  'data-tables': ['arn:cities'],
  artefacts: ['arn:bucket/*'],
  'artefacts-bucket': ['arn:bucket'],
  machines: ['arn:machine'],
  executions: ['arn:execution:*'],
  'task-functions': [],
  rotators: ['arn:rotator-*'],
  'event-bus': ['arn:bus'],
  'guardrail-alarms': ['arn:alarm:slipway-guardrail-*'],
  'alert-topic': ['arn:alerts'],
  'any-alarms': ['arn:alarm:*'],
  schedules: ['arn:timers/*'],
  'scheduler-role': ['arn:role'],
  'webhook-key': ['arn:secret:key-??????'],
  'rotated-secrets': ['arn:secret:rotated-*'],
  everything: ['*'],
};

const specOf = (name: string): FunctionSpec => {
  const spec = functions.find((one) => one.name === name);
  if (spec === undefined) throw new Error(`no function ${name}`);
  return spec;
};

const runtime = { logGroupArn: 'arn:logs', functionArn: 'arn:function', inVpc: false };

describe('catalogStatements', () => {
  it.each(functions.map((spec) => [spec.name, spec] as const))('give %s exactly the actions of its catalog entry', (_, spec) => {
    const given = catalogStatements({ permissions: spec.permissions, scopes });
    const wanted = Object.entries(spec.permissions)
      .filter(([scope]) => scopes[scope as keyof ScopeArns].length > 0)
      .map(([scope, actions]) => [actions, scopes[scope as keyof ScopeArns]]);
    expect(given.map(({ Action, Resource }) => [Action, Resource])).toEqual(wanted);
  });

  it('hold nothing for a scope without resources', () => {
    expect(catalogStatements({ permissions: { 'task-functions': ['lambda:InvokeFunction'] }, scopes })).toEqual([]);
  });

  it('let only an asynchronous function put dead letters', () => {
    const sids = (deadLetterArn?: string) => catalogStatements({ permissions: {}, scopes, deadLetterArn }).map(({ Sid }) => Sid);
    expect(sids()).toEqual([]);
    expect(sids('arn:queue')).toEqual(['DeadLetter']);
  });

  it('let the services that store for it, and nobody else, use the key in its name', () => {
    const key = { arn: 'arn:key', services: ['dynamodb.eu-west-1.amazonaws.com'] };
    expect(catalogStatements({ permissions: {}, scopes, key })).toEqual([
      {
        Sid: 'Key',
        Effect: 'Allow',
        Action: ['kms:DescribeKey', 'kms:Encrypt', 'kms:Decrypt', 'kms:GenerateDataKey'],
        Resource: ['arn:key'],
        Condition: { StringEquals: { 'kms:ViaService': key.services } },
      },
    ]);
  });
});

describe('functionPolicy', () => {
  it('adds the own log group and traces', () => {
    expect(functionPolicy([], runtime).Statement.map(({ Sid }) => Sid)).toEqual(['Logs', 'Trace']);
  });

  it('lets Lambda, and not the code, make network interfaces in a VPC', () => {
    const { Statement } = functionPolicy([], { ...runtime, inVpc: true });
    const allowed = Statement.find(({ Sid }) => Sid === 'Network');
    const denied = Statement.find(({ Effect }) => Effect === 'Deny');
    expect(allowed?.Action).toContain('ec2:CreateNetworkInterface');
    expect(denied?.Action).toEqual(allowed?.Action);
    expect(denied?.Condition).toEqual({ ArnEquals: { 'lambda:SourceFunctionArn': 'arn:function' } });
  });

  it('gives each statement a Sid that IAM takes, once', () => {
    for (const { permissions } of functions) {
      const own = catalogStatements({ permissions, scopes, deadLetterArn: 'arn:queue' });
      const sids = functionPolicy(own, { ...runtime, inVpc: true }).Statement.map(({ Sid }) => Sid);
      expect(sids.every((sid) => /^[A-Za-z0-9]+$/.test(sid))).toBe(true);
      expect(new Set(sids).size).toBe(sids.length);
    }
  });
});

describe('requiredVariables', () => {
  it('asks for the machines that a function starts', () => {
    expect(requiredVariables(specOf('reconcile'))).toContain('SLIPWAY_MACHINE_ROLLBACK');
    expect(requiredVariables(specOf('list-runs')).filter((name) => name.startsWith('SLIPWAY_MACHINE'))).toEqual([]);
  });

  it('writes names as the environment takes them', () => {
    expect(machineVariable('dead-letter')).toBe('SLIPWAY_MACHINE_DEAD_LETTER');
  });
});

describe('machinePolicy', () => {
  it('reaches published versions, never the unpublished code', () => {
    const policy = machinePolicy({ functionArns: ['arn:f'], nested: [], mapped: [], completionRuleArn: 'arn:rule' });
    expect(policy.Statement.find(({ Sid }) => Sid === 'InvokeFunctions')?.Resource).toEqual(['arn:f:*']);
  });

  const machine = { machineArn: 'arn:m', executionArns: ['arn:e:*'] };

  it.each([
    ['neither', [], [], ['InvokeFunctions', 'DeliverLogs', 'Trace']],
    [
      'nested executions',
      [machine],
      [],
      ['InvokeFunctions', 'StartNested', 'FollowNested', 'HearOfNested', 'DeliverLogs', 'Trace'],
    ],
    ['a distributed Map', [], [machine], ['InvokeFunctions', 'StartNested', 'FollowNested', 'DeliverLogs', 'Trace']],
  ])('asks for what a machine with %s needs', (_, nested, mapped, sids) => {
    const policy = machinePolicy({ functionArns: ['arn:f'], nested, mapped, completionRuleArn: 'arn:rule' });
    expect(policy.Statement.map(({ Sid }) => Sid)).toEqual(sids);
  });
});

describe('allow', () => {
  it('makes no statement without resources', () => {
    expect(allow('Nothing', ['s3:GetObject'], [])).toEqual([]);
  });
});

describe('the catalog', () => {
  it('names machines wherever a function may act on them', () => {
    const missing = functions.filter(
      ({ permissions, machines = [] }) => permissions.machines !== undefined && machines.length === 0,
    );
    expect(missing.map(({ name }) => name)).toEqual([]);
  });
});
