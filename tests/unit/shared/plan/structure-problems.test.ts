import { describe, expect, it } from 'vitest';
import { parsePlan } from '../../../../shared/plan/parse-plan.ts';
import { HEAD, problemsOf, told } from './sample-plan.ts';

const only = (text: string) => {
  const problems = problemsOf(parsePlan(text));
  expect(problems).toHaveLength(1);
  return problems[0];
};

describe('the rotations of a plan', () => {
  const rotations = (...list: string[]) => {
    const components = list.map((more, at) => `{ name: c${at}, kind: rotate, ${more} }`).join(', ');
    return `${HEAD}phases:\n  - { name: a, components: [${components}] }\n`;
  };

  it('are of different secrets', () => {
    expect(told(rotations('secretId: a', 'secretId: b'))).toEqual([]);
    expect(only(rotations('secretId: a', 'secretId: a'))).toMatchObject({
      code: 'DUPLICATE_NAME',
      path: ['phases', 0, 'components', 1, 'secretId'],
    });
  });

  it('ask their consumers while there is a way back', () => {
    expect(told(rotations('secretId: a, overlap: 5m, settle: 4m'))).toEqual([]);
    expect(told(rotations('secretId: a, settle: 10d'))).toEqual([]);
    expect(only(rotations('secretId: a, overlap: 5m, settle: 300s'))).toMatchObject({
      code: 'OUT_OF_RANGE',
      message: expect.stringContaining('shorter than `overlap`'),
    });
  });
});

describe('the phases of a plan', () => {
  const phases = (...list: string[]) => `${HEAD}phases:\n${list.map((phase) => `  - { ${phase} }\n`).join('')}`;
  let count = 0;
  const some = () => {
    count += 1;
    return `components: [{ name: c${count}, kind: wait, for: 1s }]`;
  };

  it('must not be missing or empty', () => {
    expect(told(HEAD)).toEqual(['1:1 MISSING_KEY']);
    expect(told(`${HEAD}phases: []\n`)).toEqual(['4:9 TOO_FEW']);
    expect(told(phases('name: a, components: []'))).toEqual(['5:28 TOO_FEW']);
  });

  it('have no more than 1,000 components in all', () => {
    const components = (phase: number, many: number) =>
      Array.from({ length: many }, (_, at) => `{ name: c${phase}-${at}, kind: wait, for: 0s }`).join(', ');
    const full = Array.from({ length: 10 }, (_, phase) => `name: p${phase}, components: [${components(phase, 100)}]`);
    expect(told(phases(...full))).toEqual([]);
    expect(only(phases(...full, `name: last, components: [${components(10, 2)}]`))).toMatchObject({
      code: 'TOO_MANY',
      path: ['phases', 10, 'components', 0],
      message: expect.stringContaining('1002 components; at most 1000'),
    });
  });

  it('must have names of their own, like components, checks and earlier phases', () => {
    const component = 'components: [{ name: same, kind: wait, for: 1s }]';
    const checks = 'validate: [{ type: data, name: c, from: abc, to: abd }, { type: data, name: c, from: abc, to: abd }]';
    const text = phases(`name: a, ${component}`, `name: a, ${component}, ${checks}`, `name: b, after: [a, a], ${some()}`);
    expect(told(text)).toEqual(['6:13 DUPLICATE_NAME', '6:37 DUPLICATE_NAME', '6:143 DUPLICATE_NAME', '7:27 DUPLICATE_NAME']);
    expect(problemsOf(parsePlan(text))[0]?.message).toContain('it stands at line 5 too');
  });

  it('must wait for phases that exist', () => {
    expect(only(phases(`name: copy, ${some()}`, `name: b, after: [cpy], ${some()}`))).toMatchObject({
      code: 'UNKNOWN_PHASE',
      path: ['phases', 1, 'after', 0],
      suggestion: 'copy',
      line: 6,
      column: 24,
    });
  });

  it('must not wait for each other, and the circle is named in order', () => {
    const text = phases(
      `name: x, after: [b], ${some()}`,
      `name: a, after: [b], ${some()}`,
      `name: b, after: [c], ${some()}`,
      `name: c, after: [a], ${some()}`,
    );
    expect(only(text)).toMatchObject({
      code: 'CYCLE',
      path: ['phases', 3, 'after', 0],
      message: expect.stringContaining('a -> b -> c -> a'),
    });
    expect(only(phases(`name: a, after: [a], ${some()}`))?.message).toContain('a -> a ');
  });

  it('are judged along with everything else that is wrong', () => {
    const text = phases(`name: a, after: [b], colour: red, ${some()}`, `name: b, after: [a], components: 3`);
    expect(told(text)).toEqual(['5:28 UNKNOWN_KEY', '6:24 CYCLE', '6:40 WRONG_TYPE']);
  });
});
