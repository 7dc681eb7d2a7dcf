import { planEndpoints } from '../../shared/api/plan-endpoints.ts';
import { describePlan } from '../../shared/plan/describe-plan.ts';
import { checkPlan } from '../checked-plan.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';

const core: ApiCore<'validate-plan'> = async (source, deps) => {
  const checked = await checkPlan(deps, source);
  if ('problems' in checked) return { valid: false as const, problems: checked.problems.map(told) };
  return { valid: true as const, digest: checked.digest, description: { ...describePlan(checked.plan, checked.facts) } };
};

const told = <P extends { readonly path: readonly (string | number)[] }>(problem: P) => ({ ...problem, path: [...problem.path] });

export const create = apiFunction(planEndpoints['validate-plan'], core);
export const handler = onAws(create);
