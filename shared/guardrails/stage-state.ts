import type { Count, Look } from '../experiments/rate-shift.ts';
import type { AlarmReading } from './evaluate-alarm.ts';
import type { Guardrail } from './guardrail.ts';

/** A figure of each arm. */
export interface ByArm {
  readonly control: number;
  readonly treatment: number;
}

/** What is known of one guardrail at the time of a verdict. */
export interface GuardrailEvidence {
  readonly guardrail: Guardrail;
  /** The alarm's state as read, since its action may have been lost. */
  readonly alarm: AlarmReading;
  /** When anybody last reported its metrics; null: never since the rollout began. Of a named alarm: always null. */
  readonly reportedAt: number | null;
  /** The last two whole periods, where the new side reported nothing in them: exposures, and samples of its metrics. */
  readonly recent: { readonly exposures: ByArm; readonly reports: ByArm } | null;
  /** The stage's newest whole periods, oldest first, and the control's before them (an hour is plenty); null where it compares nothing. */
  readonly comparison: { readonly looks: readonly Look[]; readonly before: readonly Count[] } | null;
}

/** All that a verdict rests on, as read at `now`. Times in ms since 1970, durations in ms. */
export interface StageState {
  readonly now: number;
  /** The stage's share of traffic on the new path, in percent. */
  readonly percent: number;
  readonly rolloutStartedAt: number;
  readonly startedAt: number;
  readonly bake: number;
  /** Exposures that each arm needs. */
  readonly minSample: number;
  /** Subjects exposed since the stage began. */
  readonly exposures: ByArm;
  /** Where the rollout splits by customer or by group, not by percentage, exposures have no intended ratio. */
  readonly split: 'percentage' | 'other';
  readonly guardrails: readonly GuardrailEvidence[];
}
