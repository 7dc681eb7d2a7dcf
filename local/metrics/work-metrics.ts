import { Counter, type Registry } from 'prom-client';
import type { Measure } from '../../shared/ports/telemetry.ts';
import { METRICS } from '../../shared/telemetry/metric-catalog.ts';

/**
 * What functions count, for Prometheus, under the names that the counters have in CloudWatch. Gauges are read from the store, and
 * durations are taken from events.
 */
export class WorkMetrics {
  readonly #counters = new Map<string, Counter>();

  constructor(registry: Registry) {
    for (const [name, { kind, labels, help }] of Object.entries(METRICS)) {
      if (kind !== 'counter') continue;
      this.#counters.set(name, new Counter({ name, help, labelNames: [...labels], registers: [registry] }));
    }
  }

  readonly take = (measures: readonly Measure[]): void => {
    for (const { name, value, labels = {} } of measures) this.#counters.get(name)?.inc({ ...labels }, value);
  };
}
