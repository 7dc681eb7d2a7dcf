import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoStore } from '../adapters/aws/dynamo-store.ts';
import { SharedReads } from '../adapters/embedded/shared-reads.ts';
import type { Deps } from '../functions/deps.ts';
import { readEnvironment } from '../functions/environment.ts';
import type { Workflow } from '../shared/ports/workflow.ts';
import { ExecutionAlreadyExistsError } from './asl/engine-errors.ts';

/** What the functions of one embedded control plane share. */
export type Shared = Omit<Deps, 'store' | 'environment' | 'access'> & { readonly client: DynamoDBClient };

/** What a function reaches, by its own environment: what is wrong there goes wrong here as it would on AWS. */
export function embeddedDeps(
  { client, workflow, ...shared }: Shared,
  env: { readonly [name: string]: string },
  /** Whether many may call the function at once, so that reads by key share their requests. */
  shares = false,
): Deps {
  const { name, table, machines, access } = readEnvironment(env);
  const store = new DynamoStore({ client, table, clock: shared.clock });
  return {
    ...shared,
    workflow: narrowed(workflow, machines),
    store: shares ? new SharedReads(store) : store,
    environment: name,
    access,
  };
}

/** The engine as a function sees Step Functions: machines by ARNs that it knows, and a name starts once. */
export function narrowed(engine: Workflow, machines: { readonly [name: string]: string }): Workflow {
  const arnOf = (machine: string): string => {
    const arn = machines[machine];
    if (arn !== undefined) return arn;
    throw new TypeError(`The function's environment names no state machine '${machine}'.`);
  };
  return {
    arnOf: (machine, name) => engine.arnOf(arnOf(machine), name),
    describe: (arn) => engine.describe(arn),
    stop: (arn, reason) => engine.stop(arn, reason),
    succeed: (token, output) => engine.succeed(token, output),
    fail: (token, reason) => engine.fail(token, reason),
    start: async (machine, name, input) => {
      try {
        return await engine.start(arnOf(machine), name, input);
      } catch (error) {
        if (error instanceof ExecutionAlreadyExistsError) return { arn: engine.arnOf(arnOf(machine), name) };
        throw error;
      }
    },
  };
}
