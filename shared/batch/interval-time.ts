import type { BatchComponent, Retry } from '../plan/plan.ts';
import type { Slice } from '../run/steps.ts';

/** Beyond these a plan's wishes do not stretch an interval: a slice lasts 60 s. */
const LONGEST_INTERVAL_MS = 20_000;
const LONGEST_BATCH_MS = 5000;
/** For the last batch and the last request to end. */
const RESERVE_MS = 8000;

/** When an interval takes no more batches, and when all that it sends has ended (both epoch ms). */
export interface IntervalTime {
  readonly until: number;
  readonly deadline: number;
}

/**
 * The time of an interval that starts now, or undefined where it does not fit into the slice. The first of a slice always
 * does: it gets what there is.
 */
export function intervalTime(component: BatchComponent, now: number, slice: Slice, first: boolean): IntervalTime | undefined {
  const work = Math.min(component.checkpoint.every, LONGEST_INTERVAL_MS);
  const whole = work + Math.min(component.interval, LONGEST_BATCH_MS) + RESERVE_MS;
  const room = slice.until - now;
  if (room >= whole) return { until: now + work, deadline: now + whole };
  return first && room > 0 ? { until: now + Math.min(work, room / 3), deadline: slice.until } : undefined;
}

/** How long to wait before attempt `failures + 1` (a random time, ms); undefined: the plan allows no more. */
export function retryDelay(retry: Retry, failures: number, random: () => number): number | undefined {
  if (failures > retry.attempts) return undefined;
  return (retry.maxDelays[failures - 1] ?? retry.maxDelays.at(-1) ?? 0) * random();
}
