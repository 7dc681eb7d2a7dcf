import type { MetricName } from '../telemetry/metric-catalog.ts';

export const LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type Level = (typeof LEVELS)[number];

export type Fields = { readonly [name: string]: unknown };

/** One value of a metric of the catalog, with a value for each of its labels. */
export interface Measure {
  readonly name: MetricName;
  readonly value: number;
  readonly labels?: { readonly [label: string]: string };
}

/** What an operator is told: logs, the audit log, metrics. Never throws, and nothing in it holds a secret. */
export interface Telemetry {
  log(level: Level, message: string, fields?: Fields): void;
  /** Who did what, and how it ended: kept apart from the log, and never sampled or switched off. */
  audit(fields: Fields): void;
  measure(measures: readonly Measure[]): void;
}
