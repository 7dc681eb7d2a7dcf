import { MetricAlarm } from '@pulumi/aws/cloudwatch/metricAlarm.js';
import { ComponentResource, type ComponentResourceOptions, type Input } from '@pulumi/pulumi';
import type { Naming } from '../naming.ts';

export interface RotationAlarmsArgs {
  readonly naming: Naming;
  /** What alarms and function are called. */
  readonly physicalName: string;
  readonly secretName: Input<string>;
  readonly functionName: Input<string>;
}

const DAY_S = 86_400;

/** Of one secret: a step that failed, and a rotation that did not come. What fails to revoke is told by the alarms of the machine `revoke`. */
export class RotationAlarms extends ComponentResource {
  constructor(
    name: string,
    { naming, physicalName: secret, secretName, functionName }: RotationAlarmsArgs,
    options: ComponentResourceOptions = {},
  ) {
    super('slipway:infra:RotationAlarms', name, {}, options);
    const topic = naming.arns.apply((arns) => arns.own('sns', naming.part('alarms')));
    const common = {
      statistic: 'Sum',
      threshold: 0,
      comparisonOperator: 'GreaterThanThreshold',
      treatMissingData: 'notBreaching',
      alarmActions: [topic],
      okActions: [topic],
      tags: naming.tags,
    };
    new MetricAlarm(
      `${name}-failed`,
      {
        ...common,
        name: `${secret}-failed`,
        alarmDescription: `A step of the rotation of ${secret} failed: read the log group of its function. The credential in use is unchanged.`,
        namespace: 'AWS/Lambda',
        metricName: 'Errors',
        dimensions: { FunctionName: functionName },
        period: 60,
        evaluationPeriods: 5,
        datapointsToAlarm: 1,
      },
      { parent: this },
    );
    new MetricAlarm(
      `${name}-late`,
      {
        ...common,
        name: `${secret}-late`,
        alarmDescription: `${secret} is past the day on which it was to be rotated: see why Secrets Manager has not done it.`,
        namespace: 'Slipway',
        metricName: 'slipway_rotations_late_total',
        dimensions: { environment: naming.environment, secret: secretName },
        period: DAY_S,
        evaluationPeriods: 1,
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}
