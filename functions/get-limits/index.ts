import { EVERYWHERE } from '../../shared/access/caller.ts';
import type { Limits } from '../../shared/admission/limits.ts';
import { limitsInForce } from '../../shared/admission/limits-in-force.ts';
import { limitsEndpoints } from '../../shared/api/limits-endpoints.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';

const core: ApiCore<'get-limits'> = async (_, deps, { actor, sees }) => {
  const { limits, ...facts } = await limitsInForce(deps);
  const isOwn = (person: string) => person === actor;
  return { ...facts, limits: sees(EVERYWHERE) ? limits : only(limits, sees, isOwn) };
};

/** What an administrator sets, who sees everything, is whole; what others are told names nobody else and nothing elsewhere. */
const only = (limits: Limits, sees: (environment: string) => boolean, isOwn: (person: string) => boolean): Limits => ({
  ...limits,
  environments: withNames(limits.environments, sees),
  people: withNames(limits.people, isOwn),
});

const withNames = <T>(record: Readonly<Record<string, T>>, keep: (name: string) => boolean): Record<string, T> =>
  Object.fromEntries(Object.entries(record).filter(([name]) => keep(name)));

export const create = apiFunction(limitsEndpoints['get-limits'], core);
export const handler = onAws(create);
