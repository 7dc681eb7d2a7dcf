import { flagEndpoints } from '../../shared/api/flag-endpoints.ts';
import { flagsOf } from '../flags.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';

const core: ApiCore<'list-flags'> = async ({ environment: named }, deps) => {
  const environment = named ?? deps.environment;
  const { document, rev } = await flagsOf(deps, environment);
  return { environment, flags: document, rev };
};

export const create = apiFunction(flagEndpoints['list-flags'], core);
export const handler = onAws(create);
