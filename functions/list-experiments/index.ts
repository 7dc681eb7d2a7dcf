import { experimentEndpoints } from '../../shared/api/experiment-endpoints.ts';
import { loadExperiments } from '../../shared/experiments/experiment.ts';
import { experimentViewOf } from '../experiments.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';

const core: ApiCore<'list-experiments'> = async ({ environment: named }, deps) => {
  const environment = named ?? deps.environment;
  const { experiments } = await loadExperiments(deps.store, environment);
  return { environment, experiments: experiments.map((one) => experimentViewOf(one, environment, deps.clock.now())) };
};

export const create = apiFunction(experimentEndpoints['list-experiments'], core);
export const handler = onAws(create);
