import { type asset, ComponentResource, type ComponentResourceOptions, type Input, output, RunError } from '@pulumi/pulumi';
import type { FunctionSpec } from '../../functions/catalog.ts';
import type { Naming } from '../naming.ts';
import { machineVariable, needsMachineArns, type ScopeArns } from '../policies/function-policy.ts';
import { SlipwayFunction } from './slipway-function.ts';

export interface FunctionFleetArgs {
  readonly naming: Naming;
  readonly functions: readonly FunctionSpec[];
  /** Every machine of the catalog. */
  readonly machines: readonly string[];
  readonly table: { readonly name: Input<string>; readonly arn: Input<string> };
  readonly bucket: { readonly name: Input<string>; readonly arn: Input<string> };
  readonly bus: { readonly name: Input<string>; readonly arn: Input<string> };
  readonly deadLetterArn: Input<string>;
  readonly dataTables: readonly string[];
  readonly taskFunctions: readonly string[];
  readonly code: (functionName: string) => asset.Archive;
  readonly logRetentionDays: number;
  readonly reservedConcurrency: { readonly [functionName: string]: number };
}

const isAsynchronous = (spec: FunctionSpec) => spec.schedule !== undefined || spec.onExecutionEnd === true;

/** Every Lambda of the catalog, by name. */
export class FunctionFleet extends ComponentResource {
  readonly #members = new Map<string, SlipwayFunction>();

  constructor(name: string, args: FunctionFleetArgs, options: ComponentResourceOptions = {}) {
    super('slipway:infra:FunctionFleet', name, {}, options);
    for (const spec of args.functions) {
      const member = new SlipwayFunction(
        `${name}-${spec.name}`,
        {
          naming: args.naming,
          spec,
          code: args.code(spec.name),
          variables: variablesOf(spec, args),
          scopes: scopesOf(spec, args),
          logRetentionDays: args.logRetentionDays,
          reservedConcurrency: args.reservedConcurrency[spec.name],
          deadLetterArn: isAsynchronous(spec) ? args.deadLetterArn : undefined,
        },
        { parent: this },
      );
      this.#members.set(spec.name, member);
    }
    this.registerOutputs({});
  }

  get(name: string): SlipwayFunction {
    const member = this.#members.get(name);
    if (member === undefined) {
      throw new RunError(`There is no function ${name}: add it to functions/catalog.ts, or mend whoever names it.`);
    }
    return member;
  }

  get names(): readonly string[] {
    return [...this.#members.keys()];
  }
}

function variablesOf(spec: FunctionSpec, args: FunctionFleetArgs) {
  const machines = needsMachineArns(spec) ? (spec.machines ?? []) : [];
  return {
    SLIPWAY_ENVIRONMENT: args.naming.environment,
    SLIPWAY_TABLE: args.table.name,
    SLIPWAY_BUCKET: args.bucket.name,
    SLIPWAY_BUS: args.bus.name,
    ...Object.fromEntries(machines.map((machine) => [machineVariable(machine), args.naming.machineArn(machine)])),
  };
}

function scopesOf(spec: FunctionSpec, args: FunctionFleetArgs): Input<ScopeArns> {
  const { naming } = args;
  return output([args.table.arn, args.bucket.arn, args.bus.arn] as const).apply(([table, bucket, bus]) => ({
    'control-table': [table],
    'control-index': [`${table}/index/*`],
    'data-tables': args.dataTables.map((name) => naming.dataTableArn(name)),
    artefacts: [`${bucket}/*`],
    'artefacts-bucket': [bucket],
    machines: (spec.machines ?? []).map((machine) => naming.machineArn(machine)),
    executions: args.machines.flatMap((machine) => naming.executionArns(machine)),
    'task-functions': args.taskFunctions.map((reference) => naming.taskFunctionArn(reference)),
    'event-bus': [bus],
    everything: ['*'],
  }));
}
