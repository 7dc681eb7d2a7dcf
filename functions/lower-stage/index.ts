import { rolloutEndpoints } from '../../shared/api/rollout-endpoints.ts';
import { lowerStage } from '../../shared/rollout/command-rollout.ts';
import { documentAt } from '../flag-stage.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';
import { rolloutOf } from '../run-component.ts';

const core: ApiCore<'lower-stage'> = async ({ runId, component: name, stage, reason }, deps, { actor }) => {
  const { run, component } = await rolloutOf(deps, runId, name);
  await lowerStage(deps, run, component, stage, { actor, reason }, documentAt(component));
  return { component: name, stage, by: actor };
};

export const create = apiFunction(rolloutEndpoints['lower-stage'], core);
export const handler = onAws(create);
