import { LogGroup } from '@pulumi/aws/cloudwatch/logGroup.js';
import { Role } from '@pulumi/aws/iam/role.js';
import { RolePolicy } from '@pulumi/aws/iam/rolePolicy.js';
import { StateMachine as SfnStateMachine } from '@pulumi/aws/sfn/stateMachine.js';
import { ComponentResource, type ComponentResourceOptions, type Output, output } from '@pulumi/pulumi';
import type { MachineSpec } from '../../statemachines/catalog.ts';
import { checkReferences, hasDistributedMap, substitute } from '../definitions.ts';
import type { Arns } from '../naming.ts';
import type { PlaneContext } from '../plane-context.ts';
import { machinePolicy } from '../policies/machine-policy.ts';
import { machineTrust } from '../policies/trust-policy.ts';
import type { FunctionFleet } from './function-fleet.ts';

export interface StateMachineArgs {
  readonly plane: PlaneContext;
  readonly spec: MachineSpec;
  /** ASL with placeholders. */
  readonly definition: string;
  readonly fleet: FunctionFleet;
}

/** One Standard machine of the catalog, with a role that reaches its functions and its nested machines only. */
export class StateMachine extends ComponentResource {
  readonly arn: Output<string>;

  constructor(name: string, args: StateMachineArgs, options: ComponentResourceOptions = {}) {
    super('slipway:infra:StateMachine', name, {}, options);
    const { spec, plane } = args;
    const { naming } = plane;
    checkReferences(spec.name, args.definition, spec);
    const logs = new LogGroup(
      `${name}-logs`,
      {
        // Only under this prefix does the account's policy for log delivery not grow with every machine.
        name: `/aws/vendedlogs/states/${naming.part(spec.name)}`,
        retentionInDays: plane.settings.logRetentionDays,
        kmsKeyId: plane.keyArn,
        tags: naming.tags,
      },
      { parent: this },
    );
    const role = new Role(
      `${name}-role`,
      {
        name: naming.part(`machine-${spec.name}`),
        assumeRolePolicy: naming.arns.apply((arns) => JSON.stringify(machineTrust(arns, spec.name))),
        tags: naming.tags,
      },
      { parent: this },
    );
    const policy = new RolePolicy(
      `${name}-policy`,
      { role: role.name, policy: naming.arns.apply((arns) => JSON.stringify(policyOf(args, arns))) },
      { parent: this },
    );
    const machine = new SfnStateMachine(
      `${name}-machine`,
      {
        name: naming.part(spec.name),
        type: 'STANDARD',
        roleArn: role.arn,
        definition: definitionOf(args),
        // Payloads are references, and yet they stay out of the logs.
        loggingConfiguration: {
          level: 'ERROR',
          includeExecutionData: false,
          logDestination: logs.arn.apply((arn) => `${arn}:*`),
        },
        tracingConfiguration: { enabled: true },
        tags: naming.tags,
      },
      { parent: this, dependsOn: [policy] },
    );
    this.arn = machine.arn;
    this.registerOutputs({ arn: this.arn });
  }
}

function policyOf({ spec, definition }: StateMachineArgs, arns: Arns) {
  const reach = (name: string) => ({ machineArn: arns.machine(name), executionArns: arns.executions(name) });
  return machinePolicy({
    functionArns: spec.functions.map((name) => arns.function(name)),
    nested: spec.machines.map(reach),
    mapped: hasDistributedMap(definition) ? [reach(spec.name)] : [],
    completionRuleArn: arns.own('events', 'rule/StepFunctionsGetEventsForStepFunctionsExecutionRule'),
  });
}

function definitionOf({ plane, spec, definition, fleet }: StateMachineArgs): Output<string> {
  const versions = output(spec.functions.map((name) => fleet.get(name).versionArn));
  return output([versions, plane.naming.arns] as const).apply(([versionArns, arns]) =>
    substitute(definition, {
      functions: new Map(spec.functions.map((name, index) => [name, versionArns[index] ?? ''])),
      machines: new Map(spec.machines.map((name) => [name, arns.machine(name)])),
    }),
  );
}
