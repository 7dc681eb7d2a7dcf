import { flagEndpoints } from '../../shared/api/flag-endpoints.ts';
import { flagPageOf } from '../flags.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';

const core: ApiCore<'list-flags'> = async ({ environment: named, limit, cursor: from }, deps) => {
  const environment = named ?? deps.environment;
  const { document, rev, cursor } = await flagPageOf(deps, environment, { limit, cursor: from });
  return { environment, flags: document, rev, ...(cursor === undefined ? {} : { cursor }) };
};

export const create = apiFunction(flagEndpoints['list-flags'], core);
export const handler = onAws(create);
