import { DelegateBackoff, handleWhen, retry as retryPolicy } from 'cockatiel';
import type { Retry } from '../../shared/plan/plan.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Ids } from '../../shared/ports/ids.ts';
import { retryDelay } from '../../shared/resilience/retry-delay.ts';
import { isRetryable } from '../../shared/resilience/retryable-error.ts';

export interface RetryDeps {
  readonly clock: Clock;
  readonly ids: Pick<Ids, 'random'>;
}

/**
 * One call and up to the plan's number of repeats, for calls that only read. Waits go through the clock port, so the
 * library is asked for none of its own; no repeat starts that could not begin before `deadline` (epoch ms).
 */
export async function retried<T>(deps: RetryDeps, retry: Retry, deadline: number, call: () => Promise<T>): Promise<T> {
  const over = new AbortController();
  let delay = 0;
  const policy = retryPolicy(handleWhen(isRetryable), {
    maxAttempts: retry.attempts,
    backoff: new DelegateBackoff(() => 0),
  });
  return policy.execute(async ({ attempt }) => {
    if (attempt > 0) await deps.clock.sleep(delay);
    try {
      return await call();
    } catch (error) {
      const now = deps.clock.now();
      delay = retryDelay(retry, error, attempt + 1, { now, random: deps.ids.random() }) ?? 0;
      if (now + delay >= deadline) over.abort();
      throw error;
    }
  }, over.signal);
}
