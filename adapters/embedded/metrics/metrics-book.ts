import { statisticOf } from '../../../shared/guardrails/statistic.ts';
import type { Clock } from '../../../shared/ports/clock.ts';
import type {
  Datapoint,
  MetricDatum,
  MetricFigure,
  MetricRange,
  Metrics,
  SeriesName,
  SeriesQuestion,
} from '../../../shared/ports/metrics.ts';
import { Series } from './series.ts';

export interface MetricsLimits {
  /** Values of one series, and of all: 24 bytes each. */
  readonly seriesValues: number;
  readonly values: number;
  readonly series: number;
}

const LIMITS: MetricsLimits = { seriesValues: 500_000, values: 2_000_000, series: 10_000 };
/** So much of the longest series goes at once where all together are too many. */
const SHARE = 0.1;
const MINUTE_MS = 60_000;

/**
 * Metrics in the memory of the embedded control plane: gone when it ends, and then missing, for which guardrails hold. Beyond
 * its limits the oldest values go first.
 */
export class MetricsBook implements Metrics {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #limits: MetricsLimits;
  readonly #series = new Map<string, Series>();
  #values = 0;
  #agedAt = Number.NEGATIVE_INFINITY;

  constructor({ clock, limits = LIMITS }: { readonly clock: Pick<Clock, 'now'>; readonly limits?: MetricsLimits }) {
    this.#clock = clock;
    this.#limits = limits;
  }

  async put(data: readonly MetricDatum[]): Promise<void> {
    const now = this.#clock.now();
    this.#age(now);
    for (const datum of data) {
      const series = this.#seriesOf(datum);
      this.#change(series, () => {
        series.add(datum, now);
        series.drop(Math.max(0, series.length - this.#limits.seriesValues));
      });
    }
    while (this.#values > this.#limits.values) {
      const longest = [...this.#series.values()].reduce((one, other) => (other.length > one.length ? other : one));
      this.#change(longest, () => longest.drop(Math.ceil(longest.length * SHARE)));
    }
  }

  async figures(questions: readonly SeriesQuestion[], range: MetricRange): Promise<readonly (readonly MetricFigure[])[]> {
    return questions.map((question) =>
      this.datapoints(question, range).flatMap((datapoint) => {
        const figure = statisticOf(question.statistic, [datapoint]);
        return figure === null ? [] : [{ at: datapoint.at, value: figure.value }];
      }),
    );
  }

  /** All values of each period that has some, oldest first. */
  datapoints(name: SeriesName, range: MetricRange): readonly Datapoint[] {
    return this.#series.get(keyOf(name))?.periods(range) ?? [];
  }

  #seriesOf(name: SeriesName): Series {
    const key = keyOf(name);
    const found = this.#series.get(key);
    if (found !== undefined) return found;
    if (this.#series.size >= this.#limits.series) this.#forgetQuietest();
    const series = new Series();
    this.#series.set(key, series);
    return series;
  }

  #forgetQuietest(): void {
    const [key, quietest] = [...this.#series].reduce((one, other) => (other[1].newest < one[1].newest ? other : one));
    this.#change(quietest, () => quietest.drop(quietest.length));
    this.#series.delete(key);
  }

  /** Once a minute, so that values of series which nobody writes any more do not stay. */
  #age(now: number): void {
    if (now < this.#agedAt + MINUTE_MS) return;
    this.#agedAt = now;
    for (const series of this.#series.values()) this.#change(series, () => series.age(now));
  }

  #change(series: Series, change: () => void): void {
    const before = series.length;
    change();
    this.#values += series.length - before;
  }
}

const keyOf = ({ namespace, metric, dimensions }: SeriesName): string =>
  JSON.stringify([namespace, metric, ...Object.entries(dimensions).sort(([one], [other]) => (one < other ? -1 : 1))]);
