import { describe, expect, it } from 'vitest';
import { parsePlan } from '../../../../shared/plan/parse-plan.ts';
import { HEAD, problemsOf } from './sample-plan.ts';

const rollout = (name: string, ...requires: string[]) =>
  `{ name: ${name}, kind: rollout, flag: ${name}, requires: [${requires.map((component) => `{ component: ${component} }`)}] }`;
const plan = (...phases: string[]) => `${HEAD}phases:\n${phases.map((phase) => `  - { ${phase} }\n`).join('')}`;
const problems = (...phases: string[]) => problemsOf(parsePlan(plan(...phases)));

describe('what rollouts require of each other', () => {
  it('may stand beside them or before them', () => {
    expect(problems(`name: a, components: [${rollout('one')}, ${rollout('two', 'one')}]`)).toEqual([]);
    expect(
      problems(`name: a, components: [${rollout('one')}]`, `name: b, after: [a], components: [${rollout('two', 'one')}]`),
    ).toEqual([]);
  });

  it('must be a rollout of the plan', () => {
    expect(problems(`name: a, components: [${rollout('one')}, ${rollout('two', 'onne')}]`)).toMatchObject([
      { code: 'UNKNOWN_ROLLOUT', suggestion: 'one', path: ['phases', 0, 'components', 1, 'requires', 0, 'component'] },
    ]);
    const wait = '{ name: w, kind: wait, for: 1s }';
    expect(problems(`name: a, components: [${wait}, ${rollout('two', 'w')}]`)).toMatchObject([{ code: 'UNKNOWN_ROLLOUT' }]);
  });

  it('must not be the rollout itself, nor one that waits for it', () => {
    expect(problems(`name: a, components: [${rollout('one', 'one')}]`)).toMatchObject([{ code: 'CYCLE' }]);
    const [circle] = problems(`name: a, components: [${rollout('one', 'two')}, ${rollout('two', 'one')}]`);
    expect(circle).toMatchObject({ code: 'CYCLE', path: ['phases', 0, 'components', 0, 'requires'] });
    expect(circle?.message).toContain('component one -> component two -> component one');
  });

  it('must not stand in a phase that comes after', () => {
    const found = problems(
      `name: a, components: [${rollout('one', 'three')}]`,
      `name: b, after: [a], components: [${rollout('two')}]`,
      `name: c, after: [b], components: [${rollout('three')}]`,
    );
    expect(found).toMatchObject([{ code: 'CYCLE', path: ['phases', 0, 'components', 0, 'requires'] }]);
  });

  it('leave circles of phases to be told once', () => {
    const found = problems(
      `name: a, after: [b], components: [${rollout('one')}]`,
      `name: b, after: [a], components: [${rollout('two')}]`,
    );
    expect(found).toMatchObject([{ code: 'CYCLE', path: ['phases', 1, 'after', 0] }]);
  });
});
