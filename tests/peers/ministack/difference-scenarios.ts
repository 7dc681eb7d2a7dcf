import {
  DeleteAlarmsCommand,
  DescribeAlarmsCommand,
  PutMetricAlarmCommand,
  type PutMetricAlarmCommandInput,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch';
import { CreateStateMachineCommand, DescribeExecutionCommand, type SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import { LEFT_OUT } from './deploy.ts';
import { inDialect, type RULES } from './dialect.ts';
import type { PeerPlane } from './peer-plane.ts';

/** States of which AWS makes `right`, and the peer something else. `task`: a function of the scenarios. */
const PROBES: { readonly [rule in keyof typeof RULES]: (task: string) => { readonly states: object; readonly right: unknown } } =
  {
    'inline-map': () => ({ states: { A: DISTRIBUTED }, right: [1, 2] }),
    'succeed-output': () => ({ states: { A: { Type: 'Succeed', Output: 'out' } }, right: 'out' }),
    'default-output': () => ({
      states: {
        A: { Type: 'Choice', Choices: [{ Condition: '{% false %}', Next: 'B' }], Default: 'B', Output: 'out' },
        B: { Type: 'Pass', End: true },
      },
      right: 'out',
    }),
    'fixed-timeout': (task) => ({
      states: {
        A: {
          Type: 'Task',
          Resource: task,
          TimeoutSeconds: '{% 60 %}',
          Arguments: { method: 'describe' },
          Output: '{% $states.result.shape.effect %}',
          End: true,
        },
      },
      right: 'idempotent',
    }),
    'unnamed-errors': (task) => ({
      states: {
        A: {
          Type: 'Task',
          Resource: task,
          // The handler reads fields of its event: of null that is a TypeError.
          Arguments: null,
          Retry: [{ ErrorEquals: ['TypeError'], IntervalSeconds: 1, MaxAttempts: 1 }],
          Catch: [{ ErrorEquals: ['States.ALL'], Output: '{% $states.context.State.RetryCount %}', Next: 'B' }],
          End: true,
        },
        B: { Type: 'Pass', End: true },
      },
      right: 1,
    }),
  };

const DISTRIBUTED = {
  Type: 'Map',
  Items: '{% [1, 2] %}',
  ItemProcessor: {
    ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
    StartAt: 'B',
    States: { B: { Type: 'Pass', End: true } },
  },
  End: true,
};

const COMPARED = { EvaluationPeriods: 1, Threshold: 5, ComparisonOperator: 'GreaterThanThreshold' } as const;
const side = (Value: string) => [{ Name: 'side', Value }];

/** Alarms to which one value of 9 of the old side comes, and the state that AWS would find them in. Named as their metric. */
const BLIND: {
  readonly [name: string]: { readonly alarm: Partial<PutMetricAlarmCommandInput>; readonly right: string };
} = {
  dimensions: {
    alarm: { Namespace: 'Probe', MetricName: 'dimensions', Dimensions: side('new'), Statistic: 'Sum', Period: 60 },
    right: 'INSUFFICIENT_DATA',
  },
  'datapoints-to-alarm': {
    alarm: {
      ...{ Namespace: 'Probe', MetricName: 'datapoints-to-alarm', Dimensions: side('old'), Statistic: 'Sum', Period: 60 },
      ...{ EvaluationPeriods: 3, DatapointsToAlarm: 3, TreatMissingData: 'notBreaching' },
    },
    right: 'OK',
  },
  'metric-math': {
    alarm: {
      Metrics: [
        {
          Id: 'm',
          MetricStat: {
            Metric: { Namespace: 'Probe', MetricName: 'metric-math', Dimensions: side('old') },
            Period: 60,
            Stat: 'Sum',
          },
          ReturnData: false,
        },
        { Id: 'twice', Expression: '2 * m', ReturnData: true },
      ],
    },
    right: 'ALARM',
  },
};

/** Every rule of the dialect is there for a difference that is seen: when the peer has mended it, the rule goes. */
export function differenceScenarios(deployed: () => PeerPlane): void {
  const task = () => {
    const { resources } = deployed().graph;
    return String(
      resources.find(({ type, name }) => type === 'aws:lambda/function:Function' && name.startsWith('step'))?.outputs['arn'],
    );
  };
  const machine = (states: object) => JSON.stringify({ QueryLanguage: 'JSONata', StartAt: 'A', States: states });

  describe('the peer still differs from AWS', () => {
    it.each(Object.entries(PROBES))('in what the rule %s is for', async (rule, probe) => {
      const { states, right } = probe(task());
      const { definition, changes } = inDialect(machine(states));
      expect(new Set(changes.map((change) => change.rule))).toEqual(new Set([rule]));
      expect(await play(deployed().clients.states, rule, machine(states))).not.toEqual(right);
      expect(await play(deployed().clients.states, `${rule}-mended`, definition)).toEqual(right);
    });

    it('in knowing these types of the graph no more than it did', () => {
      const types = new Set(deployed().graph.resources.map(({ type }) => type));
      expect(Object.keys(LEFT_OUT).filter((type) => !types.has(type))).toEqual([]);
    });

    it.skip.each(Object.entries(LEFT_OUT))('%s (%s)', () => {});

    it.each(Object.entries(BLIND))('in how alarms look at %s', async (AlarmName, { alarm, right }) => {
      const { cloudWatch } = deployed().clients;
      await cloudWatch.send(new PutMetricAlarmCommand({ AlarmName, ...COMPARED, ...alarm }));
      const datum = { MetricName: AlarmName, Value: 9, Dimensions: side('old') };
      await cloudWatch.send(new PutMetricDataCommand({ Namespace: 'Probe', MetricData: [datum] }));
      const { MetricAlarms = [] } = await cloudWatch.send(new DescribeAlarmsCommand({ AlarmNames: [AlarmName] }));
      expect(MetricAlarms).toHaveLength(1);
      expect(MetricAlarms[0]?.StateValue).not.toBe(right);
      await cloudWatch.send(new DeleteAlarmsCommand({ AlarmNames: [AlarmName] }));
    });

    it('in the name of an error that a Node handler throws', async () => {
      const caught = { ErrorEquals: ['States.ALL'], Output: '{% $states.errorOutput.Error %}', Next: 'B' };
      // The handler reads fields of its event: of null that is a TypeError.
      const failing = { Type: 'Task', Resource: task(), Arguments: null, Catch: [caught], End: true };
      const definition = machine({ A: failing, B: { Type: 'Pass', End: true } });
      expect(await play(deployed().clients.states, 'named-error', definition)).toBe('Runtime.HandlerError');
    });
  });
}

/** The output of a machine of that definition, or its error. */
async function play(states: SFNClient, name: string, definition: string): Promise<unknown> {
  const roleArn = 'arn:aws:iam::000000000000:role/slipway-test-machine-run';
  const { stateMachineArn } = await states.send(new CreateStateMachineCommand({ name: `probe-${name}`, definition, roleArn }));
  const { executionArn } = await states.send(new StartExecutionCommand({ stateMachineArn, input: '{}' }));
  for (;;) {
    const { status, output } = await states.send(new DescribeExecutionCommand({ executionArn }));
    if (status !== 'RUNNING') return JSON.parse(output ?? 'null');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
