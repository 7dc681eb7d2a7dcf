import { describePlan } from '../../shared/plan/describe-plan.ts';
import { checkPlan, type PlanSource } from '../checked-plan.ts';
import type { Deps } from '../deps.ts';
import { apiFunction } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';

async function core(source: PlanSource, deps: Deps) {
  const checked = await checkPlan(deps, source);
  if ('problems' in checked) return { valid: false as const, problems: checked.problems.map(told) };
  return { valid: true as const, digest: checked.digest, description: { ...describePlan(checked.plan, checked.facts) } };
}

const told = <P extends { readonly path: readonly (string | number)[] }>(problem: P) => ({ ...problem, path: [...problem.path] });

export const create = apiFunction('validate-plan', core);
export const handler = onAws(create);
