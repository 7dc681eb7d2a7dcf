import { CompositeAlarm } from '@pulumi/aws/cloudwatch/compositeAlarm.js';
import { all, ComponentResource, type ComponentResourceOptions, type Input } from '@pulumi/pulumi';
import type { Naming } from '../naming.ts';

export interface UnwellAlarmArgs {
  readonly naming: Naming;
  /** Of every other alarm of the plane. */
  readonly alarmNames: readonly Input<string>[];
  readonly topicArn: Input<string>;
}

/** The last part of the composite alarm's name. */
export const UNWELL = 'is-unwell';

/** One alarm over all: on from the first that fires to the last that ends, so that one incident is told once. */
export class UnwellAlarm extends ComponentResource {
  constructor(name: string, args: UnwellAlarmArgs, options: ComponentResourceOptions = {}) {
    super('slipway:infra:UnwellAlarm', name, {}, options);
    const { naming } = args;
    new CompositeAlarm(
      `${name}-alarm`,
      {
        alarmName: naming.part(UNWELL),
        alarmDescription: `Slipway is unwell: see the dashboard ${naming.plane} for the alarms that are on, and docs/runbook.md for each.`,
        alarmRule: all([...args.alarmNames]).apply((names) => names.map((alarm) => `ALARM("${alarm}")`).join(' OR ')),
        alarmActions: [args.topicArn],
        okActions: [args.topicArn],
        tags: naming.tags,
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}
