import type { GraphResource } from '../../../../local/graph/resource-graph.ts';
import type { Clients } from '../clients.ts';

/** What the creators share. */
export interface Deployment {
  readonly clients: Clients;
  /** Ids that only the peer knows, by the ones that the graph took for them. */
  readonly ids: Map<string, string>;
  /** The zipped code of a function, by its name. */
  readonly code: (functionName: string) => Promise<Uint8Array>;
  /** What a function finds in its environment. */
  readonly environment: (
    functionName: string,
    variables: { readonly [name: string]: string },
  ) => Promise<{ readonly [name: string]: string }>;
  /** The policy of a role, in the peer's dialect. */
  readonly policy: (document: string) => string;
  /** A state machine's definition, in the peer's dialect. */
  readonly definition: (asl: string) => string;
}

/** Makes one resource of the graph on the peer. */
export type Creator = (resource: GraphResource, deployment: Deployment) => Promise<void>;

/** What others were told of a resource must be what it has become. */
export function holds({ name, outputs }: GraphResource, output: string, actual: string | undefined): void {
  if (outputs[output] === actual) return;
  throw new Error(`${name} has ${output} ${actual}; the graph took it for ${String(outputs[output])}.`);
}
