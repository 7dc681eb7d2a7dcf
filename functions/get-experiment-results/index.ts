import { experimentEndpoints } from '../../shared/api/experiment-endpoints.ts';
import { resultsOf } from '../../shared/experiments/results.ts';
import { requireExperiment, subjectsOf } from '../experiments.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';

const core: ApiCore<'get-experiment-results'> = async ({ key, environment }, deps, { until }) => {
  const one = await requireExperiment(deps, environment ?? deps.environment, key);
  const subjects = await subjectsOf(deps, one, until);
  return structuredClone(resultsOf(one, subjects, deps.clock.now())) as never;
};

export const create = apiFunction(experimentEndpoints['get-experiment-results'], core);
export const handler = onAws(create);
