import { storedPlanEndpoints } from '../../shared/api/stored-plan-endpoints.ts';
import { PlanNameError } from '../../shared/errors/plan-store-errors.ts';
import { environmentOf } from '../../shared/plan/locks.ts';
import { putPlan } from '../../shared/plan/stored-plans.ts';
import { environmentsOfPlan, requirePlan } from '../checked-plan.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';
import { storePlan } from '../plans.ts';

const core: ApiCore<'put-plan'> = async ({ name, baseDir, reason, ifVersion, ...source }, deps, { actor }) => {
  const { plan, digest } = await requirePlan(deps, { ...source, baseDir });
  if (plan.name !== name) {
    const next = `slipway plans put FILE keeps it as ${plan.name}; or change the name in the file.`;
    throw new PlanNameError(`The plan calls itself ${plan.name}, not ${name}.`, { next });
  }
  await storePlan(deps.artefacts, plan, digest);
  const of = { environment: environmentOf(plan), name, digest, target: plan.target };
  return putPlan(deps, { ...of, actor, reason, ifVersion, ...(baseDir === undefined ? {} : { baseDir }) });
};

export const create = apiFunction(storedPlanEndpoints['put-plan'], core, {
  environmentsOf: ({ plan }) => environmentsOfPlan(plan),
});
export const handler = onAws(create);
