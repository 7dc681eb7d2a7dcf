import { LogGroup } from '@pulumi/aws/cloudwatch/logGroup.js';
import { Role } from '@pulumi/aws/iam/role.js';
import { RolePolicy } from '@pulumi/aws/iam/rolePolicy.js';
import { StateMachine as SfnStateMachine } from '@pulumi/aws/sfn/stateMachine.js';
import { ComponentResource, type ComponentResourceOptions, type Output, output } from '@pulumi/pulumi';
import type { MachineSpec } from '../../statemachines/catalog.ts';
import { checkReferences, hasDistributedMap, substitute } from '../definitions.ts';
import type { Naming } from '../naming.ts';
import { machinePolicy } from '../policies/machine-policy.ts';
import { machineTrust } from '../policies/trust-policy.ts';
import type { FunctionFleet } from './function-fleet.ts';

export interface StateMachineArgs {
  readonly naming: Naming;
  readonly spec: MachineSpec;
  /** ASL with placeholders. */
  readonly definition: string;
  readonly fleet: FunctionFleet;
  readonly logRetentionDays: number;
}

/** One Standard machine of the catalog, with a role that reaches its functions and its nested machines only. */
export class StateMachine extends ComponentResource {
  readonly arn: Output<string>;

  constructor(name: string, args: StateMachineArgs, options: ComponentResourceOptions = {}) {
    super('slipway:infra:StateMachine', name, {}, options);
    const { naming, spec } = args;
    checkReferences(spec.name, args.definition, spec);
    const logs = new LogGroup(
      `${name}-logs`,
      {
        // Only under this prefix does the account's policy for log delivery not grow with every machine.
        name: `/aws/vendedlogs/states/${naming.part(spec.name)}`,
        retentionInDays: args.logRetentionDays,
        tags: naming.tags,
      },
      { parent: this },
    );
    const role = new Role(
      `${name}-role`,
      {
        name: naming.part(`machine-${spec.name}`),
        assumeRolePolicy: JSON.stringify(machineTrust(naming.place, naming.machineArn(spec.name))),
        tags: naming.tags,
      },
      { parent: this },
    );
    const policy = new RolePolicy(
      `${name}-policy`,
      { role: role.name, policy: JSON.stringify(policyOf(args)) },
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

function policyOf({ naming, spec, definition }: StateMachineArgs) {
  const { partition, region, account } = naming.place;
  const reach = (name: string) => ({ machineArn: naming.machineArn(name), executionArns: naming.executionArns(name) });
  return machinePolicy({
    functionArns: spec.functions.map((name) => naming.functionArn(name)),
    nested: spec.machines.map(reach),
    mapped: hasDistributedMap(definition) ? [reach(spec.name)] : [],
    completionRuleArn: `arn:${partition}:events:${region}:${account}:rule/StepFunctionsGetEventsForStepFunctionsExecutionRule`,
  });
}

function definitionOf({ naming, spec, definition, fleet }: StateMachineArgs): Output<string> {
  const versions = output(spec.functions.map((name) => fleet.get(name).qualifiedArn));
  return versions.apply((arns) =>
    substitute(definition, {
      functions: new Map(spec.functions.map((name, index) => [name, arns[index] ?? ''])),
      machines: new Map(spec.machines.map((name) => [name, naming.machineArn(name)])),
    }),
  );
}
