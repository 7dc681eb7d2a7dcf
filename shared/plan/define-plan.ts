import type { PlanInput } from './plan.ts';

/** Types a plan that is written in TypeScript: `export default definePlan({ ... })`. */
export function definePlan(plan: PlanInput): PlanInput {
  return plan;
}
