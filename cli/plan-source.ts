import type { EndpointInput } from '../shared/api/endpoints.ts';
import { planReference } from '../shared/plan/stored-plans.ts';
import type { ApiClient } from './api-client.ts';
import { PlanFileError } from './cli-errors.ts';
import { type PlanFile, problemsBeforeSending } from './plan-file.ts';

/** Whether it names a plan that is kept rather than a file: `cities@3`. */
export const isPlanReference = (text: string): boolean => text.includes('@') && planReference.safeParse(text).success;

/** A plan as a request carries it; its folder only to a control plane that can read it. Throws PlanFileError. */
export function planSourceOf(
  plan: PlanFile,
  { here }: Pick<ApiClient, 'here'>,
): Pick<EndpointInput<'validate-plan'>, 'plan' | 'baseDir'> {
  const problems = problemsBeforeSending(plan);
  if (problems.length > 0) throw new PlanFileError(problems);
  return { plan: plan.document, ...(here ? { baseDir: plan.baseDir } : {}) };
}
