import type { Measure } from '../ports/telemetry.ts';
import { METRICS, type MetricName } from './metric-catalog.ts';

const NAMESPACE = 'Slipway';

/**
 * Measures as lines of CloudWatch's embedded metric format, which it reads out of the log: no request, no permission. Those with the
 * same labels share a line; several values of one metric go as a list.
 */
export function embeddedMetrics(measures: readonly Measure[], environment: string, now: number): object[] {
  const lines = Map.groupBy(measures, ({ labels = {} }) => JSON.stringify(Object.entries(labels).toSorted()));
  return [...lines.values()].map((group) => {
    const labels = { environment, ...group[0]?.labels };
    const values = Map.groupBy(group, ({ name }) => name);
    const Metrics = [...values.keys()].map((Name) => ({ Name, Unit: METRICS[Name].unit }));
    return {
      _aws: { Timestamp: now, CloudWatchMetrics: [{ Namespace: NAMESPACE, Dimensions: [Object.keys(labels)], Metrics }] },
      ...labels,
      ...Object.fromEntries([...values].map(([name, found]) => [name, told(name, found)])),
    };
  });
}

/** Counts add up to one; the others keep each value, as many as a line may hold. */
function told(name: MetricName, found: readonly Measure[]): number | number[] {
  const values = found.map(({ value }) => value);
  if (METRICS[name].kind === 'counter') return values.reduce((sum, value) => sum + value, 0);
  return values.length === 1 ? (values[0] ?? 0) : values.slice(0, 100);
}
