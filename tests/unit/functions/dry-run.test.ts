import { describe, expect, it } from 'vitest';
import { dryRun } from '../../../functions/dry-run.ts';
import { parsePlanObject } from '../../../shared/plan/parse-plan.ts';
import type { PlanInput } from '../../../shared/plan/plan.ts';
import { memoryDeps } from './memory-deps.ts';

const reportOn = async (component: PlanInput['phases'][number]['components'][number]) => {
  const input: PlanInput = { slipway: 1, name: 'one', target: 'test/one', phases: [{ name: 'only', components: [component] }] };
  const parsed = parsePlanObject(input);
  if (!parsed.ok) throw new Error(parsed.problems.map(({ message }) => message).join('\n'));
  const deps = memoryDeps();
  return dryRun(deps, { plan: parsed.plan, digest: parsed.digest, facts: {} }, undefined, deps.clock.now() + 1000);
};

describe('dryRun', () => {
  it.each<[boolean, Parameters<typeof reportOn>[0]]>([
    [true, { name: 'shift', kind: 'rollout', flag: 'new-search' }],
    [true, { name: 'load', kind: 'task', run: 'load' }],
    [false, { name: 'rest', kind: 'wait', for: '1s' }],
    [false, { name: 'ask', kind: 'approval', prompt: 'Shall it?' }],
  ])('tells whether a run would change anything: %s, %o', async (changes, component) => {
    expect((await reportOn(component)).changes).toBe(changes);
  });
});
