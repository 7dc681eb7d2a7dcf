import { atLeast, higher, isRole, type Role } from './role.ts';

/** Roles by environment; `*` is every environment. */
export type Roles = { readonly [environment: string]: Role };

/** Whoever calls the API. */
export interface Caller {
  /** As audit trails name it. */
  readonly actor: string;
  readonly roles: Roles;
}

export const EVERYWHERE = '*';

export const roleIn = ({ roles }: Pick<Caller, 'roles'>, environment: string): Role | undefined =>
  higher(own(roles, environment), own(roles, EVERYWHERE));

const own = (roles: Roles, environment: string): Role | undefined =>
  Object.hasOwn(roles, environment) ? roles[environment] : undefined;

export type Verdict =
  | { readonly allowed: true }
  /** The caller has a role there, and it is too low. */
  | { readonly allowed: false; readonly hidden: false; readonly environment?: string; readonly role: Role | undefined }
  /** The caller has no role there: it is told nothing of what is in it. */
  | { readonly allowed: false; readonly hidden: true; readonly environment: string };

/** Whether a caller may do what takes `least` in all of these environments; in some environment, where none is named. */
export function decideAccess(caller: Caller, least: Role, environments: readonly string[]): Verdict {
  const has = (environment: string) => roleIn(caller, environment);
  // That there are others than one's own is no secret.
  const hidden = environments.find((environment) => environment !== EVERYWHERE && has(environment) === undefined);
  if (hidden !== undefined) return { allowed: false, hidden: true, environment: hidden };
  const low = environments.find((environment) => !atLeast(has(environment), least));
  if (low !== undefined) return { allowed: false, hidden: false, environment: low, role: has(low) };
  const highest = Object.values(caller.roles).reduce<Role | undefined>(higher, undefined);
  return environments.length > 0 || atLeast(highest, least)
    ? { allowed: true }
    : { allowed: false, hidden: false, role: highest };
}

/** Whether it may be done in every environment, so that nobody need look which one is meant. */
export const holdsEverywhere = ({ roles }: Caller, least: Role): boolean => atLeast(own(roles, EVERYWHERE), least);

const GRANT = /^(\*|[a-z0-9][a-z0-9-]{0,31}):([a-z]+)$/;

/** The words of a list, or of a text with blanks or commas between them, in brackets too, as API Gateway writes the lists of a token. */
export const wordsIn = (said: unknown): readonly string[] =>
  Array.isArray(said) ? said.map(String) : (String(said ?? '').match(/[^\s,[\]"]+/g) ?? []);

/** Roles out of words such as `staging:operator` and `*:viewer`. A word that says no role gives none. */
export function readRoles(said: unknown): Roles {
  const roles = new Map<string, Role>();
  for (const word of wordsIn(said)) {
    const [, environment = '', role = ''] = GRANT.exec(word) ?? [];
    if (isRole(role)) roles.set(environment, higher(roles.get(environment), role) ?? role);
  }
  return Object.fromEntries(roles);
}
