import { Dashboard } from '@pulumi/aws/cloudwatch/dashboard.js';
import { ComponentResource, type ComponentResourceOptions, type Input, output } from '@pulumi/pulumi';
import { dashboardBody } from '../dashboard-body.ts';
import type { Naming } from '../naming.ts';

export interface PlaneDashboardArgs {
  readonly naming: Naming;
  /** Catalog name and ARN of each. */
  readonly machines: readonly (readonly [name: string, arn: Input<string>])[];
  readonly tableName: Input<string>;
  readonly queueName: Input<string>;
  readonly apiId: Input<string>;
  readonly alarmArns: readonly Input<string>[];
}

/** One page that tells how the plane is; the first three dashboards of an account cost nothing. */
export class PlaneDashboard extends ComponentResource {
  constructor(name: string, args: PlaneDashboardArgs, options: ComponentResourceOptions = {}) {
    super('slipway:infra:PlaneDashboard', name, {}, options);
    const { naming } = args;
    const told = output({
      machines: args.machines.map(([machine, arn]) => ({ name: machine, arn })),
      tableName: args.tableName,
      queueName: args.queueName,
      apiId: args.apiId,
      alarmArns: [...args.alarmArns],
      region: naming.arns.apply(({ place }) => place.region),
    });
    new Dashboard(
      `${name}-page`,
      {
        dashboardName: naming.plane,
        dashboardBody: told.apply((of) => JSON.stringify(dashboardBody(of))),
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}
