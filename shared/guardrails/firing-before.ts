import type { GuardrailEvidence } from './stage-state.ts';

/** The alarms that already fire, as sentences: while there is one, nothing is admitted. An alarm acts on transitions, and would stay silent. */
export function firingBefore(guardrails: readonly Pick<GuardrailEvidence, 'guardrail' | 'alarm'>[]): string[] {
  return guardrails
    .filter(({ guardrail, alarm }) => alarm.state === 'ALARM' && guardrail.action !== 'alert')
    .map(({ guardrail, alarm }) => `The guardrail ${guardrail.name} fires already: ${alarm.reason}`);
}
