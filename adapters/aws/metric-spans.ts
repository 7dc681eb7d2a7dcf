import type { MetricRange } from '../../shared/ports/metrics.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** How long CloudWatch keeps figures of periods under a minute. */
const FINE_MS = 3 * HOUR_MS;
/** A query that leaves now is judged by its age when it arrives. */
const MARGIN_MS = 5 * MINUTE_MS;
/** The only periods under a minute, in ms. */
const SHORT_PERIODS = [1_000, 5_000, 10_000, 20_000, 30_000] as const;

/**
 * A range as CloudWatch can answer it, in parts, oldest first. It knows periods of 1, 5, 10, 20 and 30 s back to three hours, of
 * whole minutes back to 15 days, of 5 minutes to 63 days and of hours beyond. So a period that it does not know becomes the next
 * longer one; and where a period under a minute reaches back further than three hours, the older part comes in whole minutes
 * (or longer), each figure at the beginning of its period. Sums over the range stay what they are, but for the part of a
 * period at an end that no whole one covers: it is left out, so that no figure holds what lies outside the range.
 */
export function metricSpans(range: MetricRange, now: number): readonly MetricRange[] {
  const short = SHORT_PERIODS.find((period) => period >= range.periodMs);
  if (short === undefined) return inMinutes(range, now);
  const recent = ceil(now - FINE_MS + MARGIN_MS, 5 * MINUTE_MS);
  const older = { ...range, to: Math.min(range.to, recent) };
  const newer = { ...range, from: Math.max(range.from, recent) };
  return [...inMinutes(older, now), ...inPeriods(newer, short, short)];
}

/** In whole minutes, or what the age of its beginning asks for. */
function inMinutes(range: MetricRange, now: number): readonly MetricRange[] {
  const grain = grainAt(range.from, now);
  const length = range.to - range.from;
  // One figure is asked for, whatever the length of the range: it gets the minutes that lie inside.
  if (range.periodMs >= length) {
    const inside = floor(range.to, grain) - ceil(range.from, grain);
    return inside > 0 ? inPeriods(range, inside, grain) : [];
  }
  return inPeriods(range, ceil(range.periodMs, grain), grain);
}

function inPeriods(range: MetricRange, periodMs: number, grain: number): readonly MetricRange[] {
  const from = ceil(range.from, grain);
  const periods = Math.floor((range.to - from) / periodMs);
  return periods < 1 ? [] : [{ from, to: from + periods * periodMs, periodMs }];
}

/** CloudWatch rounds the beginning of a query down to this, and its period must be a multiple of it. */
const grainAt = (at: number, now: number): number => {
  const age = now - at + MARGIN_MS;
  if (age > 63 * DAY_MS) return HOUR_MS;
  return age > 15 * DAY_MS ? 5 * MINUTE_MS : MINUTE_MS;
};

const ceil = (at: number, step: number): number => Math.ceil(at / step) * step;
const floor = (at: number, step: number): number => Math.floor(at / step) * step;
