import { flagEndpoints } from '../../shared/api/flag-endpoints.ts';
import { EVALUATORS } from '../../shared/flags/flag-document.ts';
import { loadFlag } from '../../shared/run/put-flag.ts';
import { evaluatorsOf } from '../flags.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';

const core: ApiCore<'get-evaluators'> = async ({ environment: named }, deps) => {
  const environment = named ?? deps.environment;
  const stored = await loadFlag(deps.store, environment, EVALUATORS);
  return { environment, evaluators: evaluatorsOf(stored), rev: stored?.rev ?? 0 };
};

export const create = apiFunction(flagEndpoints['get-evaluators'], core);
export const handler = onAws(create);
