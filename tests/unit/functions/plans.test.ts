import { describe, expect, it } from 'vitest';
import { MemoryArtefacts } from '../../../adapters/memory/artefacts.ts';
import { loadPlan, plannedComponents, storePlan } from '../../../functions/plans.ts';
import { parsePlanObject } from '../../../shared/plan/parse-plan.ts';

function parsed(name: string) {
  const wait = (of: string) => ({ name: of, kind: 'wait', for: '1s' });
  const result = parsePlanObject({
    slipway: 1,
    name,
    target: 'test/plans',
    phases: [
      { name: 'late', after: ['early'], components: [wait('c')] },
      { name: 'early', components: [wait('a'), wait('b')] },
    ],
  });
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result;
}

describe('stored plans', () => {
  it('come back as they were, by their digest', async () => {
    const artefacts = new MemoryArtefacts();
    const { plan, digest } = parsed('kept');
    await storePlan(artefacts, plan, digest);
    expect(await loadPlan(artefacts, digest)).toEqual(plan);
  });

  it('are refused where they were changed or are gone', async () => {
    const artefacts = new MemoryArtefacts();
    const { plan, digest } = parsed('changed');
    const other = digest.replace(/^./, (first) => (first === 'a' ? 'b' : 'a'));
    await storePlan(artefacts, plan, other);
    await expect(loadPlan(artefacts, other)).rejects.toMatchObject({
      code: 'PREPARATION_FAILED',
      message: expect.stringContaining('changed'),
    });
    await expect(loadPlan(artefacts, digest)).rejects.toMatchObject({
      message: expect.stringContaining('not among the artefacts'),
    });
  });
});

describe('plannedComponents', () => {
  it('follows the order of the phases, not of the file', () => {
    expect(plannedComponents(parsed('order').plan)).toEqual([
      { name: 'a', kind: 'wait', phase: 'early' },
      { name: 'b', kind: 'wait', phase: 'early' },
      { name: 'c', kind: 'wait', phase: 'late' },
    ]);
  });
});
