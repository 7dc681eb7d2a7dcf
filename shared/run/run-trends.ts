import * as z from 'zod';
import { hasEnded, type RunState } from './run-state.ts';

/** What became of the runs of a window of time, by when they came to rest. */
export const runTrend = z.object({
  hours: z.number(),
  /** Runs that were created in it. */
  started: z.number(),
  succeeded: z.number(),
  rolledBack: z.number(),
  failed: z.number(),
  /** Of those at rest, the share that did what was wanted or is as it was before; null: none is. */
  successRate: z.number().nullable(),
  /** From creation to rest; null: none is. */
  medianSeconds: z.number().nullable(),
  p95Seconds: z.number().nullable(),
  /** Runs at rest an hour. */
  perHour: z.number(),
  /** False: older runs than those that were looked at fall into it too. */
  whole: z.boolean(),
});
export type RunTrend = z.output<typeof runTrend>;

const HOUR = 3_600_000;
const BAD: ReadonlySet<string> = new Set(['failed', 'partially-failed', 'rollback-failed']);

/** Of runs, newest first, up to `from` (epoch ms) or, where it is undefined, all that there are. */
export function trendOf(
  runs: readonly RunState[],
  { now, hours, from }: { readonly now: number; readonly hours: number; readonly from: number | undefined },
): RunTrend {
  const begin = now - hours * HOUR;
  const rested = runs.filter(
    (run) => run.endedAt !== undefined && run.endedAt >= begin && (hasEnded(run) || BAD.has(run.status)),
  );
  const count = (wanted: (run: RunState) => boolean) => rested.filter(wanted).length;
  const failed = count((run) => BAD.has(run.status) && !hasEnded(run));
  const seconds = rested.map(({ createdAt, endedAt = createdAt }) => (endedAt - createdAt) / 1000).toSorted((a, b) => a - b);
  return {
    hours,
    started: runs.filter(({ createdAt }) => createdAt >= begin).length,
    succeeded: count(({ status }) => status === 'succeeded'),
    rolledBack: count((run) => hasEnded(run) && run.status !== 'succeeded'),
    failed,
    successRate: rested.length === 0 ? null : (rested.length - failed) / rested.length,
    medianSeconds: quantile(seconds, 0.5),
    p95Seconds: quantile(seconds, 0.95),
    perHour: rested.length / hours,
    whole: from === undefined || from <= begin,
  };
}

/** The smallest value that so great a share does not exceed. */
function quantile(sorted: readonly number[], share: number): number | null {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null;
}
