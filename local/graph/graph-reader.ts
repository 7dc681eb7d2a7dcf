import { z } from 'zod';
import type { PolicyDocument } from '../../infra/policies/policy-document.ts';
import type { GraphResource, ResourceGraph } from './resource-graph.ts';
import { WiringError } from './wiring-error.ts';

const RoleOutputs = z.object({ arn: z.string(), name: z.string() });
const RolePolicyOutputs = z.object({ role: z.string(), policy: z.string() });

/** Typed questions to a graph; what is wrong with it gathers until `finish`. */
export class GraphReader {
  readonly #graph: ResourceGraph;
  readonly #problems: string[] = [];

  constructor(graph: ResourceGraph) {
    this.#graph = graph;
  }

  /** The resources of a type, read through a schema; one that does not fit it is a problem, and left out. */
  all<T>(type: string, schema: z.ZodType<T>): readonly { readonly resource: GraphResource; readonly outputs: T }[] {
    return this.#graph.resources
      .filter((resource) => resource.type === type)
      .flatMap((resource) => {
        const parsed = schema.safeParse(resource.outputs);
        if (parsed.success) return [{ resource, outputs: parsed.data }];
        const faults = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
        this.problem(resource, `cannot be read (${faults.join('; ')})`, 'give it what is missing in infra/components');
        return [];
      });
  }

  /** The policies of the role with this ARN. */
  policiesOf(owner: GraphResource, roleArn: string): readonly PolicyDocument[] {
    const role = this.all('aws:iam/role:Role', RoleOutputs).find(({ outputs }) => outputs.arn === roleArn);
    const policies = this.all('aws:iam/rolePolicy:RolePolicy', RolePolicyOutputs)
      .filter(({ outputs }) => outputs.role === role?.outputs.name)
      .map(({ outputs }): PolicyDocument => JSON.parse(outputs.policy));
    if (policies.length === 0) this.problem(owner, `has no policy on its role ${roleArn}`, 'attach one in infra/components');
    return policies;
  }

  problem(at: GraphResource | string, fact: string, mend: string): void {
    this.#problems.push(`${typeof at === 'string' ? at : `${at.type} ${at.name}`} ${fact}: ${mend}.`);
  }

  /** Throws WiringError where anything is wrong. */
  finish(): void {
    if (this.#problems.length > 0) throw new WiringError([...new Set(this.#problems)]);
  }
}
