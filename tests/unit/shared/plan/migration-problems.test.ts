import { describe, expect, it } from 'vitest';
import { parsePlan } from '../../../../shared/plan/parse-plan.ts';
import { HEAD, problemsOf } from './sample-plan.ts';

const rollout = (name: string, from: string, to: string, more = '') =>
  `{ name: ${name}, kind: rollout, flag: cities, from: ${from}, to: ${to}${more} }`;
const NONE = ', rollbackWindow: 0s';
const problems = (...components: string[]) => {
  const phases = components.map(
    (component, n) => `  - { name: p${n}, ${n > 0 ? `after: [p${n - 1}], ` : ''}components: [${component}] }\n`,
  );
  return problemsOf(parsePlan(`${HEAD}phases:\n${phases.join('')}`));
};

describe('a plan that takes a migration to its last stage', () => {
  it('must leave no rollback window, since nobody can go back from there', () => {
    const [found, ...more] = problems(rollout('last', 'ramp-down', 'complete'));
    expect(found).toMatchObject({ code: 'NO_WAY_BACK', path: ['phases', 0, 'components', 0, 'to'] });
    expect(found?.message).toContain('"last" is open when it takes the flag "cities" to "complete"');
    expect(more).toEqual([]);
    expect(problems(rollout('last', 'ramp-down', 'complete', ', rollbackWindow: 10m'))).toMatchObject([
      { code: 'NO_WAY_BACK', path: ['phases', 0, 'components', 0, 'rollbackWindow'] },
    ]);
    expect(problems(rollout('last', 'ramp-down', 'complete', NONE))).toEqual([]);
  });

  it('must leave none of the same flag in an earlier phase: all of them open at the end of the run', () => {
    const found = problems(rollout('first', 'off', 'live'), rollout('last', 'live', 'complete', NONE));
    expect(found).toMatchObject([{ code: 'NO_WAY_BACK', path: ['phases', 0, 'components', 0, 'to'] }]);
    expect(found[0]?.message).toContain('"first" is open when "last" takes');
    expect(problems(rollout('first', 'off', 'live', NONE), rollout('last', 'live', 'complete', NONE))).toEqual([]);
  });

  it('may have any window for what is no migration, or another flag', () => {
    expect(problems(rollout('one', 'draft', 'complete'))).toEqual([]);
    const other = rollout('other', 'off', 'live').replace('cities', 'towns');
    expect(problems(other, rollout('last', 'ramp-down', 'complete', NONE))).toEqual([]);
    expect(problems(rollout('one', 'off', 'live'))).toEqual([]);
  });

  it('is told of a window that cannot be read by the schema alone', () => {
    const found = problems(rollout('last', 'ramp-down', 'complete', ', rollbackWindow: soon'));
    expect(found.map(({ code }) => code)).toEqual(['BAD_FORMAT']);
    expect(problems(rollout('one', 'off', 'live', ', rollbackWindow: 31d'))).toMatchObject([{ code: 'OUT_OF_RANGE' }]);
  });
});
