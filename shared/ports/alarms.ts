import type { AlarmDefinition } from '../guardrails/alarm-definition.ts';
import type { AlarmReading } from '../guardrails/evaluate-alarm.ts';
import type { SeriesName } from './metrics.ts';

/** Whose alarm it is: what its action needs to know without reading anything. */
export interface AlarmOwner {
  readonly runId: string;
  readonly environment: string;
  readonly component: string;
  readonly guardrail: string;
  /** Sent to the old side first of all. */
  readonly flag: string;
}

export interface Alarm {
  readonly name: string;
  readonly owner: AlarmOwner;
  readonly definition: AlarmDefinition;
  /** The series behind each metric of the definition, by its name there. */
  readonly series: { readonly [metric: string]: SeriesName };
  /** Whether it sets off a rollback; the others are only read. */
  readonly acts: boolean;
}

/** Alarms over metrics: CloudWatch's, or those of the embedded control plane. */
export interface Alarms {
  /** Creates it, or makes it what it should be. */
  put(alarm: Alarm): Promise<void>;
  /** The state of each, in order, the team's own alarms included; undefined: there is no such alarm. */
  read(names: readonly string[]): Promise<readonly (AlarmReading | undefined)[]>;
  /** Those that exist are removed. */
  remove(names: readonly string[]): Promise<void>;
}
