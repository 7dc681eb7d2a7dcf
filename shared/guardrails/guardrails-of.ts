import type { RolloutMetrics } from '../plan/rollout.ts';
import { defaultGuardrails } from './default-guardrails.ts';
import type { Guardrail } from './guardrail.ts';

/** The guardrails of a rollout: its own, or the default ones that its declared metrics allow. */
export const guardrailsOf = (rollout: {
  readonly guardrails: readonly Guardrail[];
  readonly metrics: RolloutMetrics;
}): readonly Guardrail[] => (rollout.guardrails.length > 0 ? rollout.guardrails : defaultGuardrails(rollout.metrics));
