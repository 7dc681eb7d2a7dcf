import { describe, expect, it } from 'vitest';
import { type FunctionSpec, functions } from '../../functions/catalog.ts';
import { functionPolicy, machineVariable, requiredVariables, type ScopeArns } from '../../infra/policies/function-policy.ts';
import { machinePolicy } from '../../infra/policies/machine-policy.ts';
import { allow } from '../../infra/policies/policy-document.ts';

const scopes: ScopeArns = {
  'control-table': ['arn:table'],
  'control-index': ['arn:table/index/*'],
  'data-tables': ['arn:cities'],
  artefacts: ['arn:bucket/*'],
  'artefacts-bucket': ['arn:bucket'],
  machines: ['arn:machine'],
  executions: ['arn:execution:*'],
  'task-functions': [],
  'event-bus': ['arn:bus'],
  everything: ['*'],
};

const specOf = (name: string): FunctionSpec => {
  const spec = functions.find((one) => one.name === name);
  if (spec === undefined) throw new Error(`no function ${name}`);
  return spec;
};

describe('functionPolicy', () => {
  it.each(functions.map((spec) => [spec.name, spec] as const))('gives %s exactly the actions of its catalog entry', (_, spec) => {
    const policy = functionPolicy({ permissions: spec.permissions, scopes, logGroupArn: 'arn:logs' });
    const own = new Set(['Logs', 'Trace']);
    const given = policy.Statement.filter(({ Sid }) => !own.has(Sid)).map(({ Action, Resource }) => [Action, Resource]);
    const wanted = Object.entries(spec.permissions)
      .filter(([scope]) => scopes[scope as keyof ScopeArns].length > 0)
      .map(([scope, actions]) => [actions, scopes[scope as keyof ScopeArns]]);
    expect(given).toEqual(wanted);
  });

  it('makes no statement for a scope without resources', () => {
    const policy = functionPolicy({
      permissions: { 'task-functions': ['lambda:InvokeFunction'] },
      scopes,
      logGroupArn: 'arn:logs',
    });
    expect(policy.Statement.map(({ Sid }) => Sid)).toEqual(['Logs', 'Trace']);
  });

  it('lets only an asynchronous function put dead letters', () => {
    const sids = (deadLetterArn?: string) =>
      functionPolicy({
        permissions: {},
        scopes,
        logGroupArn: 'arn:logs',
        ...(deadLetterArn === undefined ? {} : { deadLetterArn }),
      }).Statement.map(({ Sid }) => Sid);
    expect(sids()).not.toContain('DeadLetter');
    expect(sids('arn:queue')).toContain('DeadLetter');
  });

  it('gives each statement a Sid that IAM takes, once', () => {
    for (const { permissions } of functions) {
      const sids = functionPolicy({ permissions, scopes, logGroupArn: 'arn:logs' }).Statement.map(({ Sid }) => Sid);
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
