import { describe, expect, it } from 'vitest';
import { parsePlanObject } from '../../../../shared/plan/parse-plan.ts';
import { planOf, problemsOf, samplePlan } from './sample-plan.ts';

describe('a plan that is an object', () => {
  it('leaves out what is undefined', () => {
    expect(planOf({ ...samplePlan, description: undefined })).toEqual(planOf(samplePlan));
  });

  it.each([
    ['nothing', undefined, 'EMPTY_PLAN', []],
    ['a function', () => samplePlan, 'WRONG_TYPE', []],
    ['a promise', Promise.resolve(samplePlan), 'WRONG_TYPE', []],
    ['null', null, 'WRONG_TYPE', []],
    ['a date inside', { ...samplePlan, description: new Date(0) }, 'WRONG_TYPE', ['description']],
    ['a bigint inside', { ...samplePlan, slipway: 1n }, 'WRONG_TYPE', ['slipway']],
    ['an infinity inside', { ...samplePlan, slipway: Number.POSITIVE_INFINITY }, 'INVALID_NUMBER', ['slipway']],
    ['__proto__ inside', JSON.parse(`{"__proto__":1,${JSON.stringify(samplePlan).slice(1)}`), 'FORBIDDEN_KEY', ['__proto__']],
    [
      'a getter that fails',
      {
        get slipway() {
          throw new Error('no');
        },
      },
      'WRONG_TYPE',
      [],
    ],
  ])('is refused for %s, without lines', (_, value, code, path) => {
    const problems = problemsOf(parsePlanObject(value));
    expect(problems).toEqual([expect.objectContaining({ code, path })]);
    expect(problems[0]).not.toHaveProperty('line');
  });

  it('is refused for holding itself', () => {
    const loop: Record<string, unknown> = { ...samplePlan };
    loop['description'] = loop;
    expect(problemsOf(parsePlanObject(loop))).toEqual([expect.objectContaining({ code: 'TOO_DEEP', path: ['description'] })]);
  });

  it('names places by path', () => {
    const twice = { ...samplePlan, phases: [samplePlan.phases[0], samplePlan.phases[0]] };
    expect(problemsOf(parsePlanObject(twice))[0]?.message).toContain('it stands at phases[0].name too');
  });
});
