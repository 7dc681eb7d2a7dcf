import { type Caller, readRoles } from '../../shared/access/caller.ts';
import { machineCaller } from '../../shared/access/machine-roles.ts';
import type { AccessPolicy } from '../deps.ts';
import type { HttpEvent } from './http-event.ts';

/** Who calls, by what let the request in: a JWT authoriser, IAM, or the embedded control plane itself. Nobody has no roles. */
export function callerOf({ requestContext: { authorizer = {} } }: HttpEvent, { rolesClaim, machines }: AccessPolicy): Caller {
  const { jwt, iam, lambda } = authorizer;
  if (jwt) return { actor: String(jwt.claims['sub'] ?? 'unknown'), roles: readRoles(jwt.claims[rolesClaim]) };
  if (iam?.userArn !== undefined) return machineCaller(iam.userArn, machines);
  if (lambda) return { actor: lambda.actor, roles: readRoles(lambda.roles) };
  return { actor: 'unknown', roles: {} };
}
