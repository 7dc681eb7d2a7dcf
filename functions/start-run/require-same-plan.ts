import type { EndpointRequest } from '../../shared/api/endpoints.ts';
import { KeyReusedError } from '../../shared/idempotency/idempotency-errors.ts';
import type { RunState } from '../../shared/run/run-state.ts';
import type { CheckedPlan } from '../checked-plan.ts';

/** Of a run that an idempotency key has started: whoever asks for another plan by that key is not answered as if it ran. */
export function requireSamePlan(run: RunState, asked: EndpointRequest<'start-run'>['plan'], { plan, digest }: CheckedPlan): void {
  // What is the latest version now need not be what it was then.
  const same = 'name' in asked && asked.version === undefined ? run.plan.name === plan.name : run.plan.digest === digest;
  if (same) return;
  throw new KeyReusedError(`The idempotency key has started run ${run.id} of another plan, so ${plan.name} was not started.`, {
    next: 'Start each plan, and each version of it, with a key of its own.',
  });
}
