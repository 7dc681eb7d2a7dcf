import { MetricAlarm } from '@pulumi/aws/cloudwatch/metricAlarm.js';
import { Topic } from '@pulumi/aws/sns/topic.js';
import { TopicPolicy } from '@pulumi/aws/sns/topicPolicy.js';
import { TopicSubscription } from '@pulumi/aws/sns/topicSubscription.js';
import { ComponentResource, type ComponentResourceOptions, type Input, type Output } from '@pulumi/pulumi';
import type { Naming } from '../naming.ts';
import { alarmTopicPolicy } from '../policies/resource-policies.ts';

export interface PlaneAlarmsArgs {
  readonly naming: Naming;
  /** Catalog name and physical name of each. */
  readonly functions: readonly (readonly [name: string, functionName: Input<string>])[];
  /** Catalog name and ARN of each. */
  readonly machines: readonly (readonly [name: string, arn: Input<string>])[];
  readonly tableName: Input<string>;
  readonly undeliveredQueueName: Input<string>;
  readonly email?: string | undefined;
}

interface Watch {
  readonly what: string;
  readonly description: string;
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: { readonly [name: string]: Input<string> };
  readonly statistic?: 'Sum' | 'Maximum';
}

/** Alarms on the control plane's own failures: any failure within five minutes is told to one topic. */
export class PlaneAlarms extends ComponentResource {
  readonly topicArn: Output<string>;

  constructor(name: string, args: PlaneAlarmsArgs, options: ComponentResourceOptions = {}) {
    super('slipway:infra:PlaneAlarms', name, {}, options);
    const { naming } = args;
    // Not under the account's SNS key: CloudWatch cannot publish to a topic under it, and an alarm's message holds names only.
    const topic = new Topic(`${name}-topic`, { name: naming.part('alarms'), tags: naming.tags }, { parent: this });
    this.topicArn = topic.arn;
    new TopicPolicy(
      `${name}-topic-policy`,
      { arn: topic.arn, policy: topic.arn.apply((arn) => JSON.stringify(alarmTopicPolicy(arn, naming.place.account))) },
      { parent: this },
    );
    if (args.email !== undefined) {
      new TopicSubscription(`${name}-email`, { topic: topic.arn, protocol: 'email', endpoint: args.email }, { parent: this });
    }
    for (const watch of watches(args)) this.#alarm(name, naming, watch);
    this.registerOutputs({ topicArn: this.topicArn });
  }

  #alarm(name: string, naming: Naming, watch: Watch): void {
    new MetricAlarm(
      `${name}-${watch.what}-alarm`,
      {
        name: naming.part(watch.what),
        alarmDescription: watch.description,
        namespace: watch.namespace,
        metricName: watch.metric,
        dimensions: watch.dimensions,
        statistic: watch.statistic ?? 'Sum',
        period: 300,
        evaluationPeriods: 1,
        threshold: 0,
        comparisonOperator: 'GreaterThanThreshold',
        treatMissingData: 'notBreaching',
        alarmActions: [this.topicArn],
        okActions: [this.topicArn],
        tags: naming.tags,
      },
      { parent: this },
    );
  }
}

function watches(args: PlaneAlarmsArgs): readonly Watch[] {
  const functions = args.functions.map(([name, FunctionName]) => ({
    what: `function-${name}-errors`,
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
  const table = (['Read', 'Write'] as const).map((side) => ({
    what: `table-${side.toLowerCase()}-throttles`,
    description: `The control table throttled a ${side.toLowerCase()}: look for a hot partition, or for a quota of the account.`,
    namespace: 'AWS/DynamoDB',
    metric: `${side}ThrottleEvents`,
    dimensions: { TableName: args.tableName },
  }));
  const undelivered = {
    what: 'undelivered-events',
    description: 'An event reached no function: read the queue, mend the cause, send it again.',
    namespace: 'AWS/SQS',
    metric: 'ApproximateNumberOfMessagesVisible',
    dimensions: { QueueName: args.undeliveredQueueName },
    statistic: 'Maximum' as const,
  };
  return [...functions, ...machines, ...table, undelivered];
}
