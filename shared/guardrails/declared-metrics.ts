import * as z from 'zod';
import { metricName } from './guardrail.ts';

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
