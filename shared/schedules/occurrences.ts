import { cronTimes } from './cron-times.ts';
import type { Expression } from './expression.ts';

/** When a schedule is due: all instants in epoch ms. */
export interface Timing {
  readonly expression: Expression;
  readonly zone: string;
  /** From where a rate counts: its first time. Days of a rate are 24 hours, whatever clocks do. */
  readonly anchor: number;
  /** Nothing is due before, nor after; both are left alone by `at`, as EventBridge Scheduler leaves them. */
  readonly start?: number | undefined;
  readonly end?: number | undefined;
}

const HOUR = 3_600_000;

/** The first times after an instant, ascending; fewer where the schedule ends. */
export function nextTimes(timing: Timing, after: number, count: number): readonly number[] {
  const found: number[] = [];
  for (const time of timesAfter(timing, after)) {
    if (found.length >= count) break;
    found.push(time);
  }
  return found;
}

/** Times in (after, until], ascending: at most the newest `most`, and whether there were others before them. */
export function latestTimes(
  timing: Timing,
  { after, until }: { readonly after: number; readonly until: number },
  most: number,
): { readonly times: readonly number[]; readonly more: boolean } {
  // From the end backwards in growing steps: a year of minutes is not walked through for its last few.
  for (let back = HOUR; ; back *= 4) {
    const from = Math.max(after, until - back);
    const times: number[] = [];
    for (const time of timesAfter(timing, from)) {
      if (time > until) break;
      times.push(time);
    }
    if (times.length > most || from === after) return { times: times.slice(-most), more: times.length > most };
  }
}

function* timesAfter(timing: Timing, after: number): Generator<number> {
  const { expression, start, end } = timing;
  if (expression.kind === 'at') {
    if (expression.instant > after) yield expression.instant;
    return;
  }
  const from = Math.max(after, start === undefined ? Number.NEGATIVE_INFINITY : start - 1);
  const times =
    expression.kind === 'rate' ? rateTimes(timing, expression.every, from) : cronTimes(expression.cron, timing.zone, from);
  for (const time of times) {
    if (end !== undefined && time > end) return;
    yield time;
  }
}

function* rateTimes({ anchor }: Timing, every: number, after: number): Generator<number> {
  const passed = after < anchor ? 0 : Math.floor((after - anchor) / every) + 1;
  for (let time = anchor + passed * every; ; time += every) yield time;
}
