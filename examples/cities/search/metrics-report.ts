import type { ServiceFigures } from './messages.ts';

/** The flag's variant: the old path is off, the new one on. */
export type Variation = 'off' | 'on';

interface Tally {
  requests: number;
  errors: number;
  compared: number;
  mismatches: number;
  latencies: number[];
}

const RECENT = 1000;
/** As many values as one datum may hold. */
const MOST_VALUES = 5000;

const nothing = (): Tally => ({ requests: 0, errors: 0, compared: 0, mismatches: 0, latencies: [] });

/** Values of one metric of one path, as `POST /v1/metrics` takes them. */
export interface Datum {
  readonly metric: string;
  readonly dimensions: { readonly variation: Variation };
  /** Epoch ms. */
  readonly at: number;
  readonly values: readonly number[];
}

/** Counts what the service does, each path by itself. */
export class MetricsReport {
  #batch = new Map<Variation, Tally>();
  readonly #recent = new Map<Variation, number[]>();
  #compared = 0;
  #mismatches = 0;

  answered(variation: Variation, ms: number, failed: boolean): void {
    const tally = this.#of(variation);
    tally.requests += 1;
    tally.errors += failed ? 1 : 0;
    if (tally.latencies.length < MOST_VALUES) tally.latencies.push(ms);
    const recent = this.#recent.get(variation) ?? [];
    if (recent.push(ms) > RECENT) recent.shift();
    this.#recent.set(variation, recent);
  }

  compared(variation: Variation, isSame: boolean): void {
    const tally = this.#of(variation);
    tally.compared += 1;
    tally.mismatches += isSame ? 0 : 1;
    this.#compared += 1;
    this.#mismatches += isSame ? 0 : 1;
  }

  /** What was counted since the last call. */
  take(at: number): Datum[] {
    const batch = this.#batch;
    this.#batch = new Map();
    return [...batch].flatMap(([variation, tally]) =>
      Object.entries(metricsOf(tally)).map(([metric, values]) => ({ metric, dimensions: { variation }, at, values })),
    );
  }

  get figures(): ServiceFigures {
    const p95 = { old: this.#p95('off'), new: this.#p95('on') };
    return { p95, compared: this.#compared, mismatches: this.#mismatches };
  }

  #of(variation: Variation): Tally {
    const found = this.#batch.get(variation) ?? nothing();
    this.#batch.set(variation, found);
    return found;
  }

  #p95(variation: Variation): number | null {
    const sorted = [...(this.#recent.get(variation) ?? [])].sort((one, other) => one - other);
    return sorted[Math.ceil(0.95 * sorted.length) - 1] ?? null;
  }
}

/** A search is an exposure of its user as well: the flag was evaluated for it. */
function metricsOf({ requests, errors, compared, mismatches, latencies }: Tally): Readonly<Record<string, number[]>> {
  return {
    ...(requests === 0 ? {} : { Exposures: [requests], Requests: [requests], Errors: [errors], Latency: latencies }),
    ...(compared === 0 ? {} : { Compared: [compared], Mismatches: [mismatches] }),
  };
}
