import { z } from 'zod';
import type { PolicyDocument } from '../../infra/policies/policy-document.ts';
import type { MachineSpec } from '../../statemachines/catalog.ts';
import { allows } from './allows.ts';
import type { GraphReader } from './graph-reader.ts';
import type { GraphResource } from './resource-graph.ts';
import type { WiredFunction, WiredMachine } from './wiring.ts';

const MachineOutputs = z.object({ arn: z.string(), definition: z.string(), roleArn: z.string() });

const FUNCTION_ARN = /^arn:[a-z-]+:lambda:[^:]*:[^:]*:function:/;
const MACHINE_ARN = /^arn:[a-z-]+:states:[^:]*:[^:]*:stateMachine:/;

/** Every string anywhere in a JSON document. */
function stringsOf(json: string): readonly string[] {
  const strings: string[] = [];
  JSON.parse(json, (_, value: unknown) => {
    if (typeof value === 'string') strings.push(value);
    return value;
  });
  return [...new Set(strings)];
}

export const machineArnsOf = (reader: GraphReader): readonly string[] =>
  reader.all('aws:sfn/stateMachine:StateMachine', MachineOutputs).map(({ outputs }) => outputs.arn);

/** Every machine of the catalog; checks that what its definition names exists and that its role may call it. */
export function readMachines(
  reader: GraphReader,
  catalog: readonly MachineSpec[],
  functions: readonly WiredFunction[],
): readonly WiredMachine[] {
  const deployed = reader.all('aws:sfn/stateMachine:StateMachine', MachineOutputs);
  const arns = deployed.map(({ outputs }) => outputs.arn);
  return catalog.flatMap((spec) => {
    const found = deployed.find(({ resource }) => resource.name === `slipway-sm-${spec.name}-machine`);
    if (found === undefined) {
      reader.problem(
        `The machine ${spec.name}`,
        'of statemachines/catalog.ts is not deployed',
        'add it to infra/control-plane.ts',
      );
      return [];
    }
    const { resource, outputs } = found;
    const policies = reader.policiesOf(resource, outputs.roleArn);
    for (const text of stringsOf(outputs.definition)) {
      if (FUNCTION_ARN.test(text)) {
        requireCallee(
          reader,
          resource,
          text,
          functions.map((one) => one.arn),
          policies,
          'lambda:InvokeFunction',
        );
      } else if (MACHINE_ARN.test(text)) {
        requireCallee(reader, resource, text, arns, policies, 'states:StartExecution');
      } else if (/\$\{(function|machine):/.test(text)) {
        reader.problem(resource, `still holds the placeholder ${text}`, 'name a function or machine of the catalog in it');
      }
    }
    return [{ name: spec.name, arn: outputs.arn, definition: JSON.parse(outputs.definition), policies }];
  });
}

function requireCallee(
  reader: GraphReader,
  machine: GraphResource,
  arn: string,
  known: readonly string[],
  policies: readonly PolicyDocument[],
  action: string,
): void {
  if (!known.includes(arn)) {
    reader.problem(machine, `names ${arn}, which nothing deploys`, 'add it to its catalog, or mend the definition');
  } else if (!allows(policies, action, arn)) {
    reader.problem(machine, `may not ${action} on ${arn}`, 'name it in the entry of the machine in statemachines/catalog.ts');
  }
}
