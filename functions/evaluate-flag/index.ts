import { flagEndpoints } from '../../shared/api/flag-endpoints.ts';
import { effective } from '../../shared/run/flag-state.ts';
import { loadFlag } from '../../shared/run/put-flag.ts';
import { compiled, documentOf, loadEvaluators, refers } from '../flags.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { ofrepCall } from '../middleware/ofrep-call.ts';
import { evaluated } from '../ofrep.ts';
import { onAws } from '../on-aws.ts';

const core: ApiCore<'evaluate-flag'> = async ({ key, environment: named, context }, deps) => {
  const environment = named ?? deps.environment;
  const flag = await loadFlag(deps.store, environment, key);
  const rules = flag && refers(effective(flag)) ? await loadEvaluators(deps, environment) : {};
  return evaluated(compiled(deps, documentOf(flag ? [flag] : [], rules), environment), key, context);
};

export const create = apiFunction(flagEndpoints['evaluate-flag'], core, { problem: ofrepCall });
export const handler = onAws(create);
