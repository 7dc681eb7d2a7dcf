import * as z from 'zod';
import { type Guardrail, type GuardrailInput, guardrailSchema, metricName } from './guardrail.ts';

/** The metrics that a component sends, by what they mean: which of the default guardrails can be bound. */
export const declaredMetricsSchema = z
  .strictObject({
    requests: metricName.optional().describe('Counts requests.'),
    errors: metricName.optional().describe('Counts requests that failed.'),
    latency: metricName.optional().describe('The time that requests took, in ms.'),
    memory: metricName.optional().describe('Memory in use, in percent.'),
    connections: metricName.optional().describe('Counts connections.'),
    connectionDrops: metricName.optional().describe('Counts connections that dropped.'),
    period: z.enum(['10s', '60s']).default('60s').describe('10s where they are metrics of high resolution.'),
  })
  .describe('The metrics that the component sends, each with a dimension that tells new from old.');

export type DeclaredMetrics = z.output<typeof declaredMetricsSchema>;

/** The guardrails that every component has unless it names others: over 5 minutes, each only where its metric is declared. */
export function defaultGuardrails({ period, ...metrics }: DeclaredMetrics): Guardrail[] {
  const { requests, errors, latency, memory, connections, connectionDrops } = metrics;
  const bound: GuardrailInput[] = [];
  if (errors !== undefined && requests !== undefined) {
    bound.push({ name: 'error-rate', type: 'rate', events: errors, of: requests, limit: 1, compare: {} });
  }
  if (latency !== undefined) {
    bound.push({ name: 'latency-p95', type: 'metric', metric: latency, statistic: 'p95', limit: 500, compare: {} });
  }
  if (memory !== undefined) bound.push({ name: 'memory', type: 'metric', metric: memory, statistic: 'Maximum', limit: 90 });
  if (connectionDrops !== undefined && connections !== undefined) {
    bound.push({ name: 'connection-drops', type: 'rate', events: connectionDrops, of: connections, limit: 1, compare: {} });
  }
  return bound.map((guardrail) => guardrailSchema.parse({ window: '5m', period, ...guardrail }));
}
