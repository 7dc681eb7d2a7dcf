import { asset, output } from '@pulumi/pulumi';
import { ControlPlane, Guardrail, type GuardrailArgs, Task } from 'slipway/pulumi';
import { beforeAll, describe, expect, it } from 'vitest';
import { taskFunction } from '../../functions/task-function.ts';
import type { PolicyDocument } from '../../infra/policies/policy-document.ts';
import { packagedSources } from '../../infra/sources.ts';
import { allows } from '../../local/graph/allows.ts';
import { recordProgram } from '../../local/graph/recording-monitor.ts';
import type { GraphResource, ResourceGraph } from '../../local/graph/resource-graph.ts';
import program from './fixtures/beside/index.ts';
import { sampleSources } from './sample-sources.ts';

let graph: ResourceGraph;

beforeAll(async () => {
  graph = await recordProgram('anything', {}, program);
});

const named = (name: string): GraphResource => {
  const found = graph.resources.find((one) => one.name === name && one.custom);
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
};

const policyOf = (name: string): PolicyDocument => JSON.parse(String(named(name).inputs['policy']));
const code = new asset.FileArchive('./nowhere');

/** Runs a program that is expected to fail. */
const failing = (run: () => unknown) => recordProgram('anything', {}, async () => ({ made: String(run()) }));

describe('a ControlPlane in the program of a team', () => {
  it('needs an environment only, whatever the stack is called', () => {
    expect(named('rails-table-items').inputs['name']).toBe('slipway-staging');
    expect(graph.outputs['apiUrl']).toMatch(/^https:/);
  });

  it('tells all that is wrong with its arguments at once', async () => {
    const wrong = () => new ControlPlane('rails', { environment: 'Staging', logRetentionDays: 8, ...sampleSources });
    await expect(failing(wrong)).rejects.toThrow(
      /The ControlPlane rails is wrong:\n.*environment: must be[\s\S]*logRetentionDays: must/,
    );
  });

  it('takes ids of a network that the same program makes', async () => {
    const subnetIds = [output('subnet-0a1b2c')];
    const vpc = { subnetIds, securityGroupIds: [output('sg-0a1b2c')] };
    const { resources } = await recordProgram('anything', {}, async () => ({
      url: new ControlPlane('rails', { environment: 'staging', vpc, ...sampleSources }).apiUrl,
    }));
    const lambda = resources.find(({ name }) => name === 'rails-fn-start-run-lambda');
    expect(lambda?.inputs['vpcConfig']).toEqual({ subnetIds: ['subnet-0a1b2c'], securityGroupIds: ['sg-0a1b2c'] });
  });

  it('says how to get a bundle that is not there', () => {
    expect(() => packagedSources.code('no-such-function')).toThrow('run "npm run bundle"');
  });
});

describe('a Task', () => {
  it('is a function of its own, under a role of its own', () => {
    expect(named('warm-cache-lambda').inputs).toMatchObject({
      name: 'slipway-staging-task-warm-cache',
      runtime: 'nodejs24.x',
      architectures: ['arm64'],
      handler: 'index.handler',
      timeout: 30,
      role: 'arn:aws:iam::000000000000:role/slipway-staging-task-warm-cache',
      environment: { variables: { CACHE: 'cities', NODE_OPTIONS: '--enable-source-maps' } },
      tags: { 'slipway:environment': 'staging' },
    });
    expect(named('warm-cache-logs').inputs['retentionInDays']).toBe(90);
  });

  it('may do what its team says, log and trace', () => {
    expect(policyOf('warm-cache-policy').Statement.map(({ Sid }) => Sid)).toEqual(['Cache', 'Logs', 'Trace']);
  });

  it('is what a plan of the environment means by its name, and what that control plane may call', () => {
    const { environment } = named('rails-fn-work-component-lambda').inputs as {
      environment: { variables: { [name: string]: string } };
    };
    const task = named('warm-cache-lambda');
    const prefix = environment.variables['SLIPWAY_TASK_PREFIX'];
    expect(taskFunction({ prefix, others: [] }, 'warm-cache')).toBe(task.inputs['name']);
    const may = (resource: string) => allows([policyOf('rails-fn-work-component-policy')], 'lambda:InvokeFunction', resource);
    expect(may(String(task.outputs['arn']))).toBe(true);
    expect(may(String(task.outputs['arn']).replace('staging', 'production'))).toBe(false);
    expect(may(String(task.outputs['arn']).replace('-task-', '-'))).toBe(false);
  });

  it.each(['warm cache', '1st', 'a'.repeat(60)])('cannot be called %s', async (name) => {
    await expect(failing(() => new Task(name, { environment: 'staging', code }))).rejects.toThrow(/No Task can be called/);
  });

  it.each([0, 51, 1.5])('cannot take %s s', async (timeoutSeconds) => {
    const task = () => new Task('resize', { environment: 'staging', code, timeoutSeconds });
    await expect(failing(task)).rejects.toThrow(/The Task resize cannot take/);
  });
});

describe('a Guardrail', () => {
  const made = async (args: Omit<GuardrailArgs, 'environment' | 'namespace'>, name = 'checkout') => {
    const { resources, outputs } = await recordProgram('anything', {}, async () => ({
      alarm: new Guardrail(name, { environment: 'staging', namespace: 'Shop', ...args }).alarmName,
    }));
    return { name: outputs['alarm'], inputs: resources.find((one) => one.name === `${name}-alarm`)?.inputs };
  };

  it('is an alarm with the arithmetic of a guardrail of a plan, under the name that a plan has it by', async () => {
    const { name, inputs } = await made({
      guards: { type: 'rate', events: 'errors', of: 'requests', limit: 1, window: '5m' },
      dimensions: { service: 'checkout' },
    });
    expect(name).toBe('slipway-staging-guard-checkout');
    const metric = (metricName: string) => ({
      namespace: 'Shop',
      metricName,
      dimensions: { service: 'checkout' },
      period: 60,
      stat: 'Sum',
    });
    expect(inputs).toMatchObject({
      name,
      metricQueries: [
        { id: 'events', metric: metric('errors'), returnData: false },
        { id: 'total', metric: metric('requests'), returnData: false },
        { id: 'figure', expression: '100 * FILL(events, 0) / total', returnData: true },
      ],
      ...{ comparisonOperator: 'GreaterThanThreshold', threshold: 1 },
      ...{ evaluationPeriods: 5, datapointsToAlarm: 3, treatMissingData: 'missing' },
      tags: { 'slipway:environment': 'staging' },
    });
  });

  it('asks for one statistic of one metric without metric math', async () => {
    const guards = { type: 'metric', metric: 'latency', statistic: 'p95', limit: 500, window: '1m', period: '10s' } as const;
    const { inputs } = await made({ guards: { ...guards, lowSamples: 'ignore' } });
    expect(inputs).toMatchObject({
      namespace: 'Shop',
      metricName: 'latency',
      extendedStatistic: 'p95',
      period: 10,
      evaluationPeriods: 6,
    });
    expect(inputs).toMatchObject({ evaluateLowSampleCountPercentiles: 'ignore' });
    expect(inputs).not.toHaveProperty('metricQueries');
    const average = await made({ guards: { type: 'metric', metric: 'latency', limit: 500 } });
    expect(average.inputs).toMatchObject({ statistic: 'Average' });
  });

  it('tells others that it fires, and that it is over', async () => {
    const topics = ['arn:aws:sns:us-east-1:000000000000:on-call'];
    const { inputs } = await made({ guards: { type: 'metric', metric: 'latency', limit: 500 }, topics });
    expect(inputs).toMatchObject({ alarmActions: topics, okActions: topics });
  });

  it('tells all that is wrong with it at once', async () => {
    const wrong = { type: 'rate', events: ':errors', of: 'requests', limit: 1, window: '2d' } as const;
    await expect(made({ guards: wrong }, '1st')).rejects.toThrow(
      /The Guardrail 1st is wrong:\n[\s\S]*guards\.window: [\s\S]*guards\.events: [\s\S]*its name: take letters/,
    );
    const alarm = { type: 'alarm', alarm: 'checkout' } as unknown as GuardrailArgs['guards'];
    await expect(made({ guards: alarm })).rejects.toThrow(/guards\.type: must be metric, rate or math/);
  });
});
