import { MetricAlarm } from '@pulumi/aws/cloudwatch/metricAlarm.js';
import { ComponentResource, type ComponentResourceOptions, type Input, type Output, RunError } from '@pulumi/pulumi';
import type { Naming } from '../naming.ts';

export interface PlaneAlarmsArgs {
  readonly naming: Naming;
  /** Catalog name and physical name of each that is not behind the API alone. */
  readonly functions: readonly (readonly [name: string, functionName: Input<string>])[];
  /** Catalog name and ARN of each. */
  readonly machines: readonly (readonly [name: string, arn: Input<string>])[];
  readonly tableName: Input<string>;
  /** Of the table. */
  readonly indexes: readonly string[];
  readonly undeliveredQueueName: Input<string>;
  readonly apiId: Input<string>;
  readonly topicArn: Input<string>;
}

interface Watch {
  readonly what: string;
  readonly description: string;
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: { readonly [name: string]: Input<string> };
  readonly statistic?: 'Sum' | 'Maximum';
}

export const API_FAILURES = 'api-failures';

export const functionErrors = (name: string): string => `function-${name}-errors`;

/** Alarms on the control plane's own failures: any failure is told to one topic within about a minute. */
export class PlaneAlarms extends ComponentResource {
  readonly #alarms = new Map<string, MetricAlarm>();

  constructor(name: string, args: PlaneAlarmsArgs, options: ComponentResourceOptions = {}) {
    super('slipway:infra:PlaneAlarms', name, {}, options);
    for (const watch of watches(args)) this.#alarms.set(watch.what, this.#alarm(name, args, watch));
    this.registerOutputs({});
  }

  get names(): readonly Output<string>[] {
    return [...this.#alarms.values()].map((alarm) => alarm.name);
  }

  get arns(): readonly Output<string>[] {
    return [...this.#alarms.values()].map((alarm) => alarm.arn);
  }

  get(what: string): MetricAlarm {
    const alarm = this.#alarms.get(what);
    if (alarm === undefined) throw new RunError(`There is no alarm ${what}: add it to infra/components/plane-alarms.ts.`);
    return alarm;
  }

  #alarm(name: string, { naming, topicArn }: PlaneAlarmsArgs, watch: Watch): MetricAlarm {
    return new MetricAlarm(
      `${name}-${watch.what}-alarm`,
      {
        name: naming.part(watch.what),
        alarmDescription: watch.description,
        namespace: watch.namespace,
        metricName: watch.metric,
        dimensions: watch.dimensions,
        statistic: watch.statistic ?? 'Sum',
        // Looks every minute, and stays on for five after the last failure: a canary in between meets it.
        period: 60,
        evaluationPeriods: 5,
        datapointsToAlarm: 1,
        threshold: 0,
        comparisonOperator: 'GreaterThanThreshold',
        treatMissingData: 'notBreaching',
        alarmActions: [topicArn],
        okActions: [topicArn],
        tags: naming.tags,
      },
      { parent: this },
    );
  }
}

function watches(args: PlaneAlarmsArgs): readonly Watch[] {
  const functions = args.functions.map(([name, FunctionName]) => ({
    what: functionErrors(name),
    description: `The function ${name} failed: read its log group, then the runs that it served.`,
    namespace: 'AWS/Lambda',
    metric: 'Errors',
    dimensions: { FunctionName },
  }));
  const machines = args.machines.flatMap(([name, StateMachineArn]) =>
    (['Failed', 'TimedOut'] as const).map((end) => ({
      what: `machine-${name}-${end === 'Failed' ? 'failed' : 'timed-out'}`,
      description: `An execution of the machine ${name} ended as ${end}: see which run it belongs to, and whether reconcile has it.`,
      namespace: 'AWS/States',
      metric: `Executions${end}`,
      dimensions: { StateMachineArn },
    })),
  );
  return [...functions, ...machines, ...stores(args)];
}

function stores(args: PlaneAlarmsArgs): readonly Watch[] {
  const table = (['Read', 'Write'] as const).map((side) => ({
    what: `table-${side.toLowerCase()}-throttles`,
    description: `The control table throttled a ${side.toLowerCase()}: look for a hot partition, or for a quota of the account.`,
    namespace: 'AWS/DynamoDB',
    metric: `${side}ThrottleEvents`,
    dimensions: { TableName: args.tableName },
  }));
  // A throttled index holds up the writes of its table, and counts them as its own.
  const indexes = args.indexes.map((index) => ({
    what: `index-${index}-write-throttles`,
    description: `The index ${index} of the control table throttled a write: look for a hot partition, or for a quota of the account.`,
    namespace: 'AWS/DynamoDB',
    metric: 'WriteThrottleEvents',
    dimensions: { TableName: args.tableName, GlobalSecondaryIndexName: index },
  }));
  const undelivered = {
    what: 'undelivered-events',
    description: 'An event reached no function: read the queue, mend the cause, send it again.',
    namespace: 'AWS/SQS',
    metric: 'ApproximateNumberOfMessagesVisible',
    dimensions: { QueueName: args.undeliveredQueueName },
    statistic: 'Maximum' as const,
  };
  const api = {
    what: API_FAILURES,
    description:
      'The API answered with a server error: read its access log, then the log group of the function behind the route.',
    namespace: 'AWS/ApiGateway',
    metric: '5xx',
    dimensions: { ApiId: args.apiId },
  };
  return [...table, ...indexes, undelivered, api];
}
