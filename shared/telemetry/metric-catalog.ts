interface MetricFacts {
  readonly kind: 'counter' | 'gauge' | 'histogram';
  /** As CloudWatch names it. */
  readonly unit: 'Count' | 'Seconds' | 'None';
  readonly labels: readonly string[];
  readonly help: string;
}

/**
 * What functions measure of the work, under the same names in CloudWatch (embedded metric format) and in Prometheus' text. CloudWatch
 * bills each combination of labels that is published in a month, so labels are few and none grows with the work.
 */
export const METRICS = {
  slipway_run_duration_seconds: {
    kind: 'histogram',
    unit: 'Seconds',
    labels: ['status'],
    help: 'From the creation of a run to each of its ends, by the status in which it ended.',
  },
  slipway_run_cost_usd: {
    kind: 'histogram',
    unit: 'None',
    labels: ['status'],
    help: "An estimate of AWS's bill for a run by the time of each of its ends, USD, by the status in which it ended.",
  },
  slipway_step_retries_total: {
    kind: 'counter',
    unit: 'Count',
    labels: ['outcome'],
    help: 'Steps that were tried again and then succeeded, or gave up (exhausted).',
  },
  slipway_queue_depth: {
    kind: 'gauge',
    unit: 'Count',
    labels: [],
    help: 'Runs that wait to be admitted.',
  },
  slipway_conditional_requests_total: {
    kind: 'counter',
    unit: 'Count',
    labels: ['outcome'],
    help: 'Reads with an ETag: hits were answered 304, since the caller had it already.',
  },
  slipway_api_calls_total: {
    kind: 'counter',
    unit: 'Count',
    labels: ['service'],
    help: 'Requests to AWS, by service.',
  },
  slipway_function_warnings_total: {
    kind: 'counter',
    unit: 'Count',
    labels: ['measure'],
    help: 'Thresholds that a function found crossed in its own process, by what was measured.',
  },
  slipway_rotations_late_total: {
    kind: 'counter',
    unit: 'Count',
    labels: ['secret'],
    help: 'Looks at a secret that found it past the time at which it was to be rotated.',
  },
} as const satisfies { readonly [name: string]: MetricFacts };

export type MetricName = keyof typeof METRICS;
