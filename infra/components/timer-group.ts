import { Role } from '@pulumi/aws/iam/role.js';
import { RolePolicy } from '@pulumi/aws/iam/rolePolicy.js';
import { ScheduleGroup } from '@pulumi/aws/scheduler/scheduleGroup.js';
import { ComponentResource, type ComponentResourceOptions, type Input, type Output, output } from '@pulumi/pulumi';
import { LIVE } from '../live-functions.ts';
import type { PlaneContext } from '../plane-context.ts';
import { TIMER_ROLE, TIMER_TARGET } from '../policies/function-policy.ts';
import { timerPolicy } from '../policies/timer-policy.ts';
import { timerTrust } from '../policies/trust-policy.ts';

export interface TimerGroupArgs {
  readonly plane: PlaneContext;
  /** Where goes what Scheduler could not deliver. */
  readonly deadLetterArn: Input<string>;
}

/** Where functions make the timers of people's schedules, and the role in whose name Scheduler calls `fire-schedule` for them. */
export class TimerGroup extends ComponentResource {
  readonly group: Output<string>;
  readonly roleArn: Output<string>;

  constructor(name: string, args: TimerGroupArgs, options: ComponentResourceOptions = {}) {
    super('slipway:infra:TimerGroup', name, {}, options);
    const { naming, keyArn } = args.plane;
    const parent = { parent: this };
    const group = new ScheduleGroup(`${name}-group`, { name: naming.plane, tags: naming.tags }, parent);
    const role = new Role(
      `${name}-role`,
      {
        name: naming.part(TIMER_ROLE),
        assumeRolePolicy: naming.arns.apply((arns) => JSON.stringify(timerTrust(arns))),
        tags: naming.tags,
      },
      parent,
    );
    const policy = output([naming.arns, args.deadLetterArn, keyArn] as const).apply(([arns, deadLetterArn, key]) =>
      JSON.stringify(timerPolicy(`${arns.function(TIMER_TARGET)}:${LIVE}`, deadLetterArn, key)),
    );
    new RolePolicy(`${name}-policy`, { role: role.name, policy }, parent);
    this.group = group.name;
    this.roleArn = role.arn;
    this.registerOutputs({ group: this.group });
  }
}
