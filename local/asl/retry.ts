import type { Retrier } from './definition.ts';
import type { StateError } from './errors.ts';

export interface RetryPlan {
  /** Tries used up, one number a retrier, with this one counted. */
  readonly attempts: readonly number[];
  readonly delayMs: number;
}

/** Whether `ErrorEquals` covers an error, wildcards included. */
export function covers(errorEquals: readonly string[], { name }: StateError): boolean {
  if (name === 'States.Runtime') return false;
  return errorEquals.some((pattern) => {
    if (pattern === name) return true;
    if (pattern === 'States.ALL') return name !== 'States.DataLimitExceeded';
    if (pattern === 'States.TaskFailed') return name !== 'States.Timeout' && name !== 'States.DataLimitExceeded';
    return pattern === 'States.Timeout' && name === 'States.HeartbeatTimeout';
  });
}

/** The next try, after the first retrier that covers the error; undefined where there is none or its tries are used up. */
export function planRetry(
  retriers: readonly Retrier[],
  error: StateError,
  used: readonly number[],
  random: () => number,
): RetryPlan | undefined {
  const index = retriers.findIndex((retrier) => covers(retrier.ErrorEquals, error));
  const retrier = retriers[index];
  if (retrier === undefined) return undefined;
  const tries = used[index] ?? 0;
  if (tries >= (retrier.MaxAttempts ?? 3)) return undefined;
  const seconds = (retrier.IntervalSeconds ?? 1) * (retrier.BackoffRate ?? 2) ** tries;
  const capped = Math.min(seconds, retrier.MaxDelaySeconds ?? Number.POSITIVE_INFINITY);
  const drawn = retrier.JitterStrategy === 'FULL' ? capped * random() : capped;
  const attempts = retriers.map((_, position) => (used[position] ?? 0) + (position === index ? 1 : 0));
  return { attempts, delayMs: Math.round(drawn * 1000) };
}
