import { CircuitOpenError } from '../errors/user-code-errors.ts';
import type { Retry } from '../plan/plan.ts';
import { isRetryable } from './retryable-error.ts';

/**
 * How long to wait (ms) before the attempt that follows attempt `attempt` (from 1): a random time up to the plan's
 * n-th delay, and not before an open circuit lets calls through again. Undefined: no further attempt is worth it.
 */
export function retryDelay(
  retry: Retry,
  error: unknown,
  attempt: number,
  at: { readonly now: number; readonly random: number },
): number | undefined {
  if (attempt > retry.attempts || !isRetryable(error)) return undefined;
  const most = retry.maxDelays[Math.min(attempt, retry.maxDelays.length) - 1] ?? 0;
  const shut = error instanceof CircuitOpenError ? Math.max(0, error.retryAt - at.now) : 0;
  return Math.round(shut + most * at.random);
}
