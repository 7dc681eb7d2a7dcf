import { expect, it } from 'vitest';
import { planDigest } from '../../../../shared/plan/plan-digest.ts';
import { planOf, samplePlan } from './sample-plan.ts';

it('is the same for a default spelt out and another way to write a duration', () => {
  const spelt = { ...samplePlan, onFailure: 'rollback', timeouts: { import: '300s', migrate: '600000ms' } };
  expect(planDigest(planOf(spelt))).toBe(planDigest(planOf(samplePlan)));
});

it('changes with anything that the plan says', () => {
  expect(planDigest(planOf({ ...samplePlan, onFailure: 'stop' }))).not.toBe(planDigest(planOf(samplePlan)));
});
