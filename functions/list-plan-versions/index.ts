import { storedPlanEndpoints } from '../../shared/api/stored-plan-endpoints.ts';
import { listPlanVersions } from '../../shared/plan/stored-plans.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';

const core: ApiCore<'list-plan-versions'> = async ({ name, environment = '', ...page }, deps) => {
  const where = environment || deps.environment;
  const { plans, ...rest } = await listPlanVersions(deps.store, where, name, page);
  return { environment: where, plans: [...plans], ...rest };
};

export const create = apiFunction(storedPlanEndpoints['list-plan-versions'], core);
export const handler = onAws(create);
