import { flagEndpoints } from '../../shared/api/flag-endpoints.ts';
import { flagKey } from '../../shared/run/keys.ts';
import { requireFlag } from '../flags.ts';
import { itemHistory } from '../item-history.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';

const core: ApiCore<'get-flag-history'> = async ({ key, environment: named }, deps) => {
  const environment = named ?? deps.environment;
  await requireFlag(deps, environment, key);
  return { events: await itemHistory(deps, flagKey(environment, key)) };
};

export const create = apiFunction(flagEndpoints['get-flag-history'], core);
export const handler = onAws(create);
