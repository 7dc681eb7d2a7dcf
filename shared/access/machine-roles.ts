import { type Caller, EVERYWHERE, readRoles } from './caller.ts';

/** Words of roles by the ARN of who signs requests: of a user, of a role, or the beginning of one with a `*` at its end. */
export type MachineRoles = { readonly [arn: string]: readonly string[] };

/**
 * Who a signer is. Without roles by ARN, IAM's own policies are the only ones: whoever they let call a route may do what it does.
 * With them, nobody else may do anything.
 */
export function machineCaller(arn: string, machines: MachineRoles | undefined): Caller {
  if (machines === undefined) return { actor: arn, roles: { [EVERYWHERE]: 'admin' } };
  const words = Object.entries(machines).flatMap(([named, roles]) => (means(named, arn) ? roles : []));
  return { actor: arn, roles: readRoles(words) };
}

const SESSION = /^arn:([a-z-]+):sts::(\d{12}):assumed-role\/([^/]+)\//;
const ROLE = /^arn:([a-z-]+):iam::(\d{12}):role\/(?:.*\/)?([^/]+)$/;

function means(named: string, arn: string): boolean {
  if (named === arn || (named.endsWith('*') && arn.startsWith(named.slice(0, -1)))) return true;
  // A session of a role tells the role's name without its path.
  const session = SESSION.exec(arn)?.slice(1);
  const role = ROLE.exec(named)?.slice(1);
  return session !== undefined && role !== undefined && session.every((part, at) => part === role[at]);
}
