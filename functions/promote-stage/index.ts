import { rolloutEndpoints } from '../../shared/api/rollout-endpoints.ts';
import { promoteStage } from '../../shared/rollout/command-rollout.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';
import { rolloutOf } from '../run-component.ts';

const core: ApiCore<'promote-stage'> = async ({ runId, component: name, reason }, deps, { actor }) => {
  const { run, component } = await rolloutOf(deps, runId, name);
  return { component: name, by: actor, ...(await promoteStage(deps, run, component, { actor, reason })) };
};

export const create = apiFunction(rolloutEndpoints['promote-stage'], core);
export const handler = onAws(create);
