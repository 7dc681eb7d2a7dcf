import type { ResourceGraph } from '../../../local/graph/resource-graph.ts';
import { tamper, without } from '../sabotage.ts';

/** A way to break a rule. */
export interface Sabotage {
  readonly rule: string;
  readonly how: string;
  readonly broken: (graph: ResourceGraph) => ResourceGraph;
  /** What the rule must say of it: the resource, then the mend. */
  readonly says: readonly string[];
}

/** One resource of the type, or the one named, has other inputs. */
export const changed = (
  rule: string,
  type: string,
  how: string,
  change: Parameters<typeof tamper>[2],
  says: string | readonly string[],
  name?: string,
): Sabotage => ({
  rule,
  how,
  broken: (graph) => tamper(graph, type, change, name),
  says: typeof says === 'string' ? [name ?? type, says] : says,
});

/** The resource is not there any more. */
export const removed = (rule: string, type: string, says: readonly string[], name?: string): Sabotage => ({
  rule,
  how: `${name ?? type} is removed`,
  broken: (graph) => without(graph, type, name),
  says,
});

/** Something else about a resource than its inputs. */
export const altered = (
  rule: string,
  type: string,
  how: string,
  change: Partial<ResourceGraph['resources'][number]>,
  says: readonly string[],
): Sabotage => ({
  rule,
  how,
  broken: (graph) => {
    const victim = graph.resources.find((one) => one.type === type);
    return { ...graph, resources: graph.resources.map((one) => (one === victim ? { ...one, ...change } : one)) };
  },
  says,
});
