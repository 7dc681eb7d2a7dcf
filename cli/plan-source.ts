import type { EndpointInput } from '../shared/api/endpoints.ts';
import type { ApiClient } from './api-client.ts';
import { PlanFileError } from './cli-errors.ts';
import { type PlanFile, problemsBeforeSending } from './plan-file.ts';

/** A plan as a request carries it; its folder only to a control plane that can read it. Throws PlanFileError. */
export function planSourceOf(
  plan: PlanFile,
  { here }: Pick<ApiClient, 'here'>,
): Pick<EndpointInput<'validate-plan'>, 'plan' | 'baseDir'> {
  const problems = problemsBeforeSending(plan);
  if (problems.length > 0) throw new PlanFileError(problems);
  return { plan: plan.document, ...(here ? { baseDir: plan.baseDir } : {}) };
}
