import { flagEndpoints } from '../../shared/api/flag-endpoints.ts';
import { requireFlag, viewOf } from '../flags.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';

const core: ApiCore<'get-flag'> = async ({ key, environment }, deps) =>
  viewOf(await requireFlag(deps, environment ?? deps.environment, key));

export const create = apiFunction(flagEndpoints['get-flag'], core);
export const handler = onAws(create);
