import { EventBus as AwsEventBus } from '@pulumi/aws/cloudwatch/eventBus.js';
import { ComponentResource, type ComponentResourceOptions, type Output } from '@pulumi/pulumi';
import type { Naming } from '../naming.ts';

export interface EventBusArgs {
  readonly naming: Naming;
}

/** Slipway's own bus: what happens to runs, for whoever listens. */
export class EventBus extends ComponentResource {
  readonly arn: Output<string>;
  readonly busName: Output<string>;

  constructor(name: string, args: EventBusArgs, options: ComponentResourceOptions = {}) {
    super('slipway:infra:EventBus', name, {}, options);
    const bus = new AwsEventBus(
      `${name}-events`,
      { name: args.naming.plane, description: 'What happens to runs', tags: args.naming.tags },
      { parent: this },
    );
    this.arn = bus.arn;
    this.busName = bus.name;
    this.registerOutputs({ arn: this.arn, busName: this.busName });
  }
}
