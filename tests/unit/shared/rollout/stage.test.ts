import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PreparationError } from '../../../../shared/errors/run-errors.ts';
import { requireStage, stagesOf } from '../../../../shared/rollout/stage.ts';
import { rollout } from './rollout-bed.ts';

const percents = fc
  .uniqueArray(fc.integer({ min: 1, max: 99 }), { maxLength: 5 })
  .map((list) => [...list.sort((one, other) => one - other), 100]);
const customers = fc.uniqueArray(fc.stringMatching(/^[a-zä-ü]{1,8}$/), { minLength: 1, maxLength: 30 });
const counts = fc
  .uniqueArray(fc.integer({ min: 1, max: 40 }), { maxLength: 4 })
  .map((list) => list.sort((one, other) => one - other));

describe('the stages of a rollout', () => {
  it('never take anybody back: neither a percentage nor a customer', () => {
    fc.assert(
      fc.property(percents, customers, counts, fc.constantFrom('listed', 'hash'), (stages, list, named, order) => {
        const all = stagesOf(rollout({ stages, customers: { list, order, stages: named } }));
        expect(all).toHaveLength(stages.length + named.length);
        for (const [index, stage] of all.entries()) {
          const before = all[index - 1] ?? { percent: 0, customers: [] };
          expect(stage.percent).toBeGreaterThanOrEqual(before.percent);
          expect(stage.customers).toEqual(expect.arrayContaining([...before.customers]));
        }
        expect(all.at(-1)).toMatchObject({ percent: 100 });
        expect([...(all.at(-1)?.customers ?? [])].sort()).toEqual([...list].sort());
      }),
      { numRuns: 100 },
    );
  });

  it('go by named customers first, then by percentage with all of them', () => {
    const stages = stagesOf(rollout({ stages: [50, 100], customers: { list: ['a', 'b', 'c'], stages: [1, 2] } }));
    expect(stages.map(({ percent, customers }) => [percent, customers])).toEqual([
      [0, ['a']],
      [0, ['a', 'b']],
      [50, ['a', 'b', 'c']],
      [100, ['a', 'b', 'c']],
    ]);
  });

  it('have a bake time, a sample and an approval of their own, or those of their rollout', () => {
    const stages = [1, { percent: 50, bake: '1h', approval: true }, { percent: 100, minSample: 9 }];
    const customers = { list: ['a', 'b'], stages: [1], minSample: 2 };
    const settings = (more: object) =>
      stagesOf(rollout({ bake: '2m', minSample: 7, stages, customers, ...more })).map(({ bake, minSample, approval }) => [
        bake,
        minSample,
        approval,
      ]);
    expect(settings({})).toEqual([
      [120_000, 2, false],
      [120_000, 7, false],
      [3_600_000, 7, true],
      [120_000, 9, false],
    ]);
    const asked = settings({ approval: true, stages: [{ percent: 1, approval: false }, 100] });
    expect(asked.map(([, , approval]) => approval)).toEqual([true, false, true]);
  });

  it('are 1, 10, 50 and 100 % where a plan names none', () => {
    expect(stagesOf(rollout({ stages: undefined })).map(({ percent }) => percent)).toEqual([1, 10, 50, 100]);
  });

  it('that a plan does not have are refused', () => {
    expect(requireStage(rollout(), 2)).toMatchObject({ percent: 100 });
    for (const index of [-1, 3]) expect(() => requireStage(rollout(), index)).toThrow(PreparationError);
  });
});
