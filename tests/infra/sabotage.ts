import type { PolicyDocument, Statement } from '../../infra/policies/policy-document.ts';
import type { GraphResource, ResourceGraph } from '../../local/graph/resource-graph.ts';

type Inputs = GraphResource['inputs'];

/** A graph in which the first resource of a type, or the one named, has other inputs and outputs. */
export function tamper(graph: ResourceGraph, type: string, change: (inputs: Inputs) => Inputs, name?: string): ResourceGraph {
  const victim = graph.resources.find((one) => one.type === type && (name === undefined || one.name === name));
  if (victim === undefined) throw new Error(`there is no ${type} ${name ?? ''} to tamper with`);
  const broken = { ...victim, inputs: change(victim.inputs), outputs: change(victim.outputs) };
  return { ...graph, resources: graph.resources.map((one) => (one === victim ? broken : one)) };
}

/** A graph without the resource: the first of a type, or the one named. */
export function without(graph: ResourceGraph, type: string, name?: string): ResourceGraph {
  const victim = graph.resources.find((one) => one.type === type && (name === undefined || one.name === name));
  if (victim === undefined) throw new Error(`there is no ${type} ${name ?? ''} to remove`);
  return { ...graph, resources: graph.resources.filter((one) => one !== victim) };
}

/** Inputs without one of them. */
export const drop =
  (key: string) =>
  (inputs: Inputs): Inputs =>
    Object.fromEntries(Object.entries(inputs).filter(([each]) => each !== key));

/** Inputs with others in their place. */
export const put =
  (other: Inputs) =>
  (inputs: Inputs): Inputs => ({ ...inputs, ...other });

/** Changes each statement of the policy in a field. */
export const rewrite =
  (field: string, change: (statement: Statement) => Statement) =>
  (inputs: Inputs): Inputs => {
    const document: PolicyDocument = JSON.parse(String(inputs[field]));
    return { ...inputs, [field]: JSON.stringify({ ...document, Statement: document.Statement.map(change) }) };
  };
