import { contextOf } from '../../../adapters/aws/iam-requests.ts';
import type { PolicyDocument } from '../../../infra/policies/policy-document.ts';
import { fits } from '../../../local/graph/allows.ts';
import type { WiredFunction } from '../../../local/graph/wiring.ts';
import type { FunctionRequest } from '../../../local/permissions.ts';
import { allowed } from './simulator.ts';

export type Role = Pick<WiredFunction, 'name' | 'arn' | 'policies'>;

/** As whom a function comes to IAM. */
export const sessionOf = (arn: string, name: string): string => {
  const [, partition, , , account] = arn.split(':');
  return `arn:${partition}:sts::${account}:assumed-role/${name}/${name}`;
};

/** Requests that the roles of their functions would not allow, one sentence each. */
export async function refusals(roles: readonly Role[], asked: readonly FunctionRequest[]): Promise<readonly string[]> {
  const sentences = await Promise.all(
    asked.map(async ({ function: name, action, resource, leadingKey }) => {
      const role = roles.find((one) => one.name === name);
      if (role === undefined) return [`${name} is no function of the graph.`];
      const account = role.arn.split(':')[4] ?? '';
      const principal = sessionOf(role.arn, name);
      const context = leadingKey === undefined ? contextOf(action) : { 'dynamodb:LeadingKeys': [leadingKey] };
      return (await allowed({ principal, action, resource, account, context, identity: role.policies }))
        ? []
        : [`${name} needs ${action} on ${resource}: add it to its entry in functions/catalog.`];
    }),
  );
  return sentences.flat();
}

/** One action of one statement of a function's role. */
export interface Grant {
  readonly function: string;
  /** The Sid: for what the catalog grants, its scope in Pascal case. */
  readonly statement: string;
  readonly action: string;
}

export const grantsOf = (roles: readonly Role[]): readonly (Grant & { readonly resources: readonly string[] })[] =>
  roles.flatMap(({ name, policies }) =>
    policies
      .flatMap((policy: PolicyDocument) => policy.Statement)
      .filter(({ Effect }) => Effect === 'Allow')
      .flatMap(({ Sid, Action, Resource = [] }) =>
        Action.map((action) => ({ function: name, statement: Sid, action, resources: Resource })),
      ),
  );

/** Grants on which no request rests. */
export const unusedGrants = (roles: readonly Role[], asked: readonly FunctionRequest[]): readonly Grant[] =>
  grantsOf(roles)
    .filter(
      (grant) =>
        !asked.some(
          (request) =>
            request.function === grant.function &&
            request.action === grant.action &&
            grant.resources.some((pattern) => fits(pattern, request.resource)),
        ),
    )
    .map(({ resources: _, ...grant }) => grant);
