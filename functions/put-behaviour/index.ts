import { experimentEndpoints } from '../../shared/api/experiment-endpoints.ts';
import { loadExperiments } from '../../shared/experiments/experiment.ts';
import { keepBehaviour } from '../../shared/experiments/keep-behaviour.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';

const core: ApiCore<'put-behaviour'> = async ({ environment, exposures, events }, deps) => {
  const { experiments } = await loadExperiments(deps.store, environment ?? deps.environment);
  const told = {
    exposures,
    events: events.map(({ value, ...event }) => ({ ...event, ...(value === undefined ? {} : { value }) })),
  };
  return { subjects: await keepBehaviour(deps.store, experiments, told, deps.clock.now()) };
};

export const create = apiFunction(experimentEndpoints['put-behaviour'], core);
export const handler = onAws(create);
