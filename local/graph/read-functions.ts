import { z } from 'zod';
import type { FunctionSpec } from '../../functions/catalog/function-spec.ts';
import { requiredVariables } from '../../infra/policies/function-policy.ts';
import type { GraphReader } from './graph-reader.ts';
import type { GraphResource } from './resource-graph.ts';
import type { WiredFunction } from './wiring.ts';

const FunctionOutputs = z.object({
  name: z.string(),
  qualifiedArn: z.string(),
  timeout: z.number(),
  memorySize: z.number(),
  role: z.string(),
  environment: z.object({ variables: z.record(z.string(), z.string()) }),
  reservedConcurrentExecutions: z.number().optional(),
});

const AliasOutputs = z.object({ arn: z.string(), functionName: z.string(), functionVersion: z.string() });

/** What exists, for values of the environment to point at. */
export interface Targets {
  readonly tables: readonly string[];
  readonly buckets: readonly string[];
  readonly buses: readonly string[];
  readonly machineArns: readonly string[];
}

/** Every function of the catalog as it is deployed; checks its environment. */
export function readFunctions(reader: GraphReader, catalog: readonly FunctionSpec[], targets: Targets): readonly WiredFunction[] {
  const deployed = reader.all('aws:lambda/function:Function', FunctionOutputs);
  const aliases = reader.all('aws:lambda/alias:Alias', AliasOutputs);
  return catalog.flatMap((spec) => {
    const found = deployed.find(({ resource }) => resource.name === `slipway-fn-${spec.name}-lambda`);
    if (found === undefined) {
      reader.problem(`The function ${spec.name}`, 'of functions/catalog is not deployed', 'add it to the FunctionFleet');
      return [];
    }
    const { outputs, resource } = found;
    checkEnvironment(reader, resource, spec, outputs.environment.variables, targets);
    const alias = aliases.find((one) => one.outputs.functionName === outputs.name);
    if (alias !== undefined && !outputs.qualifiedArn.endsWith(`:${alias.outputs.functionVersion}`)) {
      reader.problem(alias.resource, `leads to version ${alias.outputs.functionVersion}`, 'let it begin at the published one');
    }
    return [
      {
        name: spec.name,
        arn: alias?.outputs.arn ?? outputs.qualifiedArn,
        environment: outputs.environment.variables,
        timeoutSeconds: outputs.timeout,
        memoryMb: outputs.memorySize,
        reservedConcurrency: outputs.reservedConcurrentExecutions,
        policies: reader.policiesOf(resource, outputs.role),
      },
    ];
  });
}

function checkEnvironment(
  reader: GraphReader,
  resource: GraphResource,
  spec: FunctionSpec,
  variables: { readonly [name: string]: string },
  targets: Targets,
): void {
  const known: { readonly [name: string]: readonly string[] } = {
    SLIPWAY_TABLE: targets.tables,
    SLIPWAY_BUCKET: targets.buckets,
    SLIPWAY_BUS: targets.buses,
  };
  for (const name of requiredVariables(spec)) {
    const value = variables[name];
    const valid = name.startsWith('SLIPWAY_MACHINE_') ? targets.machineArns : known[name];
    if (value === undefined || value === '') {
      reader.problem(resource, `lacks ${name} in its environment`, 'set it in infra/components/function-fleet.ts');
    } else if (valid !== undefined && !valid.includes(value)) {
      reader.problem(
        resource,
        `has ${name}=${value}, which nothing deploys`,
        `use one of ${valid.join(', ') || '(there is none)'}`,
      );
    }
  }
}
