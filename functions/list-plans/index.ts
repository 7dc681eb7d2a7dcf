import { storedPlanEndpoints } from '../../shared/api/stored-plan-endpoints.ts';
import { listPlans } from '../../shared/plan/stored-plans.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';

const core: ApiCore<'list-plans'> = async ({ environment = '', ...page }, deps) => {
  const where = environment || deps.environment;
  const { plans, ...rest } = await listPlans(deps.store, where, page);
  return { environment: where, plans: [...plans], ...rest };
};

export const create = apiFunction(storedPlanEndpoints['list-plans'], core);
export const handler = onAws(create);
