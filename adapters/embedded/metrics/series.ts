import type { Datapoint, MetricRange } from '../../../shared/ports/metrics.ts';
import { ValueLog } from './value-log.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
/** As in CloudWatch: seconds are told apart for three hours, and minutes for 15 days. */
const FINE_MS = 3 * 3_600_000;
const KEPT_MS = 15 * 86_400_000;

/** The values of one series. All of them are kept, so that any statistic is exact; only their times grow coarser. */
export class Series {
  readonly #seconds = new ValueLog();
  readonly #minutes = new ValueLog();
  #fineFrom = Number.NEGATIVE_INFINITY;

  get length(): number {
    return this.#seconds.length + this.#minutes.length;
  }

  get newest(): number {
    return this.#seconds.newest ?? this.#minutes.newest ?? Number.NEGATIVE_INFINITY;
  }

  add({ at, values, counts }: Datapoint, now: number): void {
    this.age(now);
    if (at < now - KEPT_MS) return;
    const [log, time] = at < this.#fineFrom ? [this.#minutes, floor(at, MINUTE_MS)] : [this.#seconds, floor(at, SECOND_MS)];
    values.forEach((value, index) => {
      const count = counts?.[index] ?? 1;
      if (count > 0) log.add(time, value, count);
    });
  }

  /** Makes minutes of what is three hours old, and forgets what is older than 15 days. */
  age(now: number): void {
    const fineFrom = floor(now - FINE_MS, MINUTE_MS);
    if (fineFrom <= this.#fineFrom) return;
    const minutes = new Map<number, Map<number, number>>();
    this.#seconds.visit(this.#fineFrom, fineFrom, (at, value, count) => {
      const begin = floor(at, MINUTE_MS);
      const minute = minutes.get(begin) ?? new Map<number, number>();
      minutes.set(begin, minute.set(value, (minute.get(value) ?? 0) + count));
    });
    for (const [at, seen] of minutes) for (const [value, count] of seen) this.#minutes.add(at, value, count);
    this.#seconds.dropBefore(fineFrom);
    this.#minutes.dropBefore(now - KEPT_MS);
    this.#fineFrom = fineFrom;
  }

  /** The oldest so many values. */
  drop(count: number): void {
    const minutes = Math.min(count, this.#minutes.length);
    this.#minutes.drop(minutes);
    this.#seconds.drop(count - minutes);
  }

  /** One datapoint for each whole period from `from` that has values, oldest first. */
  periods({ from, to, periodMs }: MetricRange): readonly Datapoint[] {
    const periods: { at: number; values: number[]; counts: number[] }[] = [];
    const end = from + Math.max(0, floor(to - from, periodMs));
    let period = { at: Number.NEGATIVE_INFINITY, values: [] as number[], counts: [] as number[] };
    // All minutes are older than all seconds, so values come in the order of their periods.
    for (const log of [this.#minutes, this.#seconds]) {
      log.visit(from, end, (at, value, count) => {
        if (at >= period.at + periodMs) {
          period = { at: from + floor(at - from, periodMs), values: [], counts: [] };
          periods.push(period);
        }
        period.values.push(value);
        period.counts.push(count);
      });
    }
    return periods;
  }
}

const floor = (at: number, step: number): number => Math.floor(at / step) * step;
