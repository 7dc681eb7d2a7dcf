import { describe, expect, it } from 'vitest';
import type { AlarmState } from '../../../../shared/guardrails/evaluate-alarm.ts';
import { firingBefore } from '../../../../shared/guardrails/firing-before.ts';
import { guardrailSchema } from '../../../../shared/guardrails/guardrail.ts';

const of = (state: AlarmState, action: 'rollback' | 'alert' = 'rollback') => ({
  guardrail: guardrailSchema.parse({ type: 'alarm', name: 'error-rate', alarm: 'team', action }),
  alarm: { state, reason: 'bad.', value: null, sample: 0, refused: [] },
});

describe('what fires before a rollout', () => {
  it('is named, unless it only alerts', () => {
    expect(firingBefore([of('ALARM')])).toEqual(['The guardrail error-rate fires already: bad.']);
    expect(firingBefore([of('ALARM', 'alert'), of('OK'), of('INSUFFICIENT_DATA')])).toEqual([]);
  });
});
