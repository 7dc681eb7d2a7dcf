import { storedPlanEndpoints } from '../../shared/api/stored-plan-endpoints.ts';
import { requirePlanVersion } from '../../shared/plan/stored-plans.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';
import { loadPlan } from '../plans.ts';

const core: ApiCore<'get-plan'> = async ({ name, environment, version }, deps) => {
  const plan = await requirePlanVersion(deps.store, environment ?? deps.environment, name, version);
  return { plan, document: (await loadPlan(deps.artefacts, plan.digest)) as never };
};

export const create = apiFunction(storedPlanEndpoints['get-plan'], core);
export const handler = onAws(create);
