import type { EndpointRequest } from '../shared/api/endpoints.ts';
import { type Commanded, goOn } from '../shared/run/command-run.ts';
import type { Deps } from './deps.ts';

/** Goes on with a run; with another plan than it began with only where that was accepted. */
export async function goOnWith(
  deps: Deps,
  input: EndpointRequest<'resume-run'>,
  actor: string,
  word: string,
): Promise<Commanded> {
  const digest = input.plan && (await accepted(deps, input.plan, input));
  return goOn(deps, input.runId, { actor, reason: input.reason || word, stands: input.stands }, digest);
}

/** Most who go on bring no plan, and what reads one is the larger part of the function. */
const accepted: typeof import('./accepted-plan.ts').acceptedPlan = async (...asked) =>
  (await import('./accepted-plan.ts')).acceptedPlan(...asked);
