import { program } from '../../infra/program.ts';
import { repositorySources, type Sources } from '../../infra/sources.ts';
import { recordProgram } from './recording-monitor.ts';
import type { ResourceGraph } from './resource-graph.ts';

export interface GraphOptions {
  /** The name of the stack, and of the environment where the configuration gives no other. */
  readonly environment: string;
  /** As in Pulumi.<stack>.yaml, without the `slipway:` before each key. */
  readonly config?: { readonly [key: string]: unknown };
  /** Code and definitions from elsewhere than the repository. */
  readonly sources?: Sources;
}

let last: Promise<unknown> = Promise.resolve();

/** Runs the Pulumi program and tells what it would create. Bundles need not exist, and are not looked at. */
export function evaluateGraph({ environment, config = {}, sources = repositorySources }: GraphOptions): Promise<ResourceGraph> {
  const encoded = Object.entries(config).map(([key, value]) => [
    `slipway:${key}`,
    typeof value === 'string' ? value : JSON.stringify(value),
  ]);
  const graph = last.then(() => recordProgram(environment, Object.fromEntries(encoded), () => program(sources)));
  last = graph.catch(() => undefined);
  return graph;
}
