import { describe, expect, it } from 'vitest';
import { diffPlans } from '../../../../shared/plan/diff-plans.ts';
import type { PlanInput } from '../../../../shared/plan/plan.ts';
import { planOf, samplePlan } from './sample-plan.ts';

const before = planOf(samplePlan);
const [copy, switchOver] = samplePlan.phases as [PlanInput['phases'][number], PlanInput['phases'][number]];
const [reshape, index] = copy.components as [
  PlanInput['phases'][number]['components'][number],
  PlanInput['phases'][number]['components'][number],
];
const changed = (phases: PlanInput['phases'], more: Partial<PlanInput> = {}) => planOf({ ...samplePlan, ...more, phases });

describe('diffPlans', () => {
  it('finds nothing between equal plans', () => {
    expect(diffPlans(before, planOf(structuredClone(samplePlan)), ['reshape'])).toEqual({ changes: [], forbidden: [] });
  });

  it('names phases and components instead of counting them', () => {
    const after = changed([
      { name: 'first', components: [{ name: 'pause', kind: 'wait', for: '1s' }] },
      { ...copy, components: [{ ...reshape, segments: 8 } as typeof reshape] },
      { ...switchOver, after: ['copy', 'first'] },
    ]);
    expect(diffPlans(before, after).changes).toEqual([
      { path: 'phases[copy].components[reshape].segments', change: 'changed', before: 4, after: 8 },
      { path: 'phases[copy].components[index]', change: 'removed', before: expect.objectContaining({ name: 'index' }) },
      { path: 'phases[switch].after[1]', change: 'added', after: 'first' },
      { path: 'phases[first]', change: 'added', after: expect.objectContaining({ name: 'first' }) },
    ]);
  });

  it('shows another order of the same parts', () => {
    const after = changed([{ ...copy, components: [index, reshape] }, switchOver]);
    expect(diffPlans(before, after).changes).toEqual([
      { path: 'phases[copy].components', change: 'changed', before: ['reshape', 'index'], after: ['index', 'reshape'] },
    ]);
  });

  it('shows values that change their shape, under keys of any spelling', () => {
    const after = changed([{ ...copy, components: [reshape, { ...index, input: { 'a b': [1] } } as typeof index] }, switchOver]);
    const back = changed([
      { ...copy, components: [reshape, { ...index, input: { 'a b': { c: 1 } } } as typeof index] },
      switchOver,
    ]);
    expect(diffPlans(after, back).changes).toEqual([
      { path: 'phases[copy].components[index].input["a b"]', change: 'changed', before: [1], after: { c: 1 } },
    ]);
  });

  it('forbids to change or remove what is finished, and to leave the locked target', () => {
    const after = changed([{ ...copy, components: [{ ...reshape, segments: 8 } as typeof reshape] }, switchOver], {
      target: 'production/towns',
    });
    expect(diffPlans(before, after, ['reshape', 'index', 'go']).forbidden).toEqual([
      { subject: 'target', why: 'the run holds the locks of production/cities' },
      { subject: 'reshape', why: expect.stringContaining('changes it') },
      { subject: 'index', why: expect.stringContaining('does not have it') },
    ]);
  });

  it('lets what is finished move to another phase', () => {
    const after = changed([
      { ...copy, components: [reshape] },
      { ...switchOver, components: [index, ...switchOver.components] },
    ]);
    expect(diffPlans(before, after, ['index']).forbidden).toEqual([]);
  });
});
