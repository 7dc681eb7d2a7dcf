import { flagEndpoints } from '../../shared/api/flag-endpoints.ts';
import { loadFlag } from '../../shared/run/put-flag.ts';
import { compiled, documentOf } from '../flags.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { ofrepCall } from '../middleware/ofrep-call.ts';
import { evaluated } from '../ofrep.ts';
import { onAws } from '../on-aws.ts';

const core: ApiCore<'evaluate-flag'> = async ({ key, environment: named, context }, deps) => {
  const environment = named ?? deps.environment;
  const flag = await loadFlag(deps.store, environment, key);
  return evaluated(compiled(deps, documentOf(flag ? [flag] : []), environment), key, context);
};

export const create = apiFunction(flagEndpoints['evaluate-flag'], core, { problem: ofrepCall });
export const handler = onAws(create);
