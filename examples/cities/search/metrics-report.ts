import type { ServiceFigures, ServiceStart } from './messages.ts';

/** The flag's variant: the old path is off, the new one on. */
export type Variation = 'off' | 'on';

interface Tally {
  requests: number;
  errors: number;
  compared: number;
  mismatches: number;
  latencies: number[];
}

const EVERY_MS = 250;
const RECENT = 1000;
/** As many values as one datum may hold. */
const MOST_VALUES = 5000;

const nothing = (): Tally => ({ requests: 0, errors: 0, compared: 0, mismatches: 0, latencies: [] });

/** Counts what the service does, and reports it in batches to `POST /v1/metrics`, each side by itself. */
export class MetricsReport {
  readonly #start: ServiceStart;
  readonly #onReport: (figures: ServiceFigures) => void;
  #batch = new Map<Variation, Tally>();
  readonly #recent = new Map<Variation, number[]>();
  #compared = 0;
  #mismatches = 0;

  constructor(start: ServiceStart, onReport: (figures: ServiceFigures) => void) {
    this.#start = start;
    this.#onReport = onReport;
  }

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

  /** Until the process ends. What could not be handed over is part of the next batch's silence: guardrails hold for missing data. */
  run(): void {
    setTimeout(async () => {
      await this.#flush().catch((error: unknown) => console.error(`Metrics were not taken: ${String(error)}`));
      this.run();
    }, EVERY_MS);
  }

  async #flush(): Promise<void> {
    const batch = this.#batch;
    this.#batch = new Map();
    const p95 = { old: this.#p95('off'), new: this.#p95('on') };
    this.#onReport({ p95, compared: this.#compared, mismatches: this.#mismatches });
    const at = Date.now();
    const data = [...batch].flatMap(([variation, tally]) =>
      Object.entries(metricsOf(tally)).map(([metric, values]) => ({ metric, dimensions: { variation }, at, values })),
    );
    if (data.length === 0) return;
    const { url, token } = this.#start;
    const response = await fetch(`${url}/v1/metrics`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ data }),
      signal: AbortSignal.timeout(5000),
    });
    await response.body?.cancel();
    if (!response.ok) throw new Error(`the control plane answered ${response.status}`);
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
