import type { DeclaredMetrics } from './declared-metrics.ts';
import type { Guardrail } from './guardrail.ts';

/** The guardrails that every component has unless it names others: over 5 minutes, each only where its metric is declared. */
export function defaultGuardrails({ period, ...metrics }: DeclaredMetrics): Guardrail[] {
  const { requests, errors, latency, memory, connections, connectionDrops } = metrics;
  const usual = {
    action: 'rollback',
    is: '>',
    window: 300_000,
    period,
    missing: 'missing',
    lowSamples: 'evaluate',
  } as const;
  const compare = { atMost: 1.1 };
  const bound: Guardrail[] = [];
  if (errors !== undefined && requests !== undefined) {
    bound.push({ ...usual, name: 'error-rate', type: 'rate', events: errors, of: requests, limit: 1, compare });
  }
  if (latency !== undefined) {
    bound.push({ ...usual, name: 'latency-p95', type: 'metric', metric: latency, statistic: 'p95', limit: 500, compare });
  }
  if (memory !== undefined) {
    bound.push({ ...usual, name: 'memory', type: 'metric', metric: memory, statistic: 'Maximum', limit: 90 });
  }
  if (connectionDrops !== undefined && connections !== undefined) {
    bound.push({ ...usual, name: 'connection-drops', type: 'rate', events: connectionDrops, of: connections, limit: 1 });
  }
  return bound;
}
