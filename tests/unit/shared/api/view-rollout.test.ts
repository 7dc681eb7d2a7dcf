import { describe, expect, it } from 'vitest';
import { viewRollout } from '../../../../shared/api/view-rollout.ts';
import type { RolloutComponent } from '../../../../shared/plan/component.ts';
import { parsePlanObject } from '../../../../shared/plan/parse-plan.ts';
import type { WorkState } from '../../../../shared/run/work-state.ts';

function rollout(more: object = {}): RolloutComponent {
  const component = { name: 'search', kind: 'rollout', flag: 'new-search', stages: [1, { percent: 50, bake: '1h' }], ...more };
  const parsed = parsePlanObject({
    slipway: 1,
    name: 'search',
    target: 'local/search',
    phases: [{ name: 'roll', components: [component] }],
  });
  const planned = parsed.ok ? parsed.plan.phases[0]?.components[0] : undefined;
  if (planned?.kind !== 'rollout') throw new Error(JSON.stringify(parsed));
  return planned;
}

const work = (over: object): WorkState => ({ epoch: 1, rev: 1, direction: 'forward', status: 'working', cursor: 0, ...over });
const check = {
  name: 'bake',
  outcome: 'hold',
  value: 1,
  limit: 10,
  sample: { control: null, treatment: null },
  sentence: 'Wait.',
};
const verdict = (more: object = {}) => ({
  stage: 1,
  percent: 50,
  at: 900,
  byHand: false,
  decision: 'hold',
  reasons: ['Wait.'],
  checks: [{ ...check, interval: null }],
  ...more,
});

describe('viewRollout', () => {
  it('shows the stages of one that has not begun', () => {
    expect(viewRollout(rollout(), undefined)).toEqual({
      flag: 'new-search',
      from: 'off',
      to: 'on',
      stages: [
        { percent: 1, customers: 0, bake: 600_000, minSample: 1000 },
        { percent: 50, customers: 0, bake: 3_600_000, minSample: 1000 },
      ],
      promoted: 0,
      held: [],
      waitsForPerson: false,
    });
  });

  it('shows the stage under watch, why it is held, and the verdict that says so', () => {
    const progress = { promoted: 1, enteredAt: 500, held: ['Wait.'], verdict: verdict() };
    expect(viewRollout(rollout(), work({ cursor: 2, progress }))).toMatchObject({
      stage: 1,
      promoted: 1,
      enteredAt: 500,
      held: ['Wait.'],
      waitsForPerson: false,
      verdict: { decision: 'hold', percent: 50, checks: [check] },
    });
  });

  it('counts the customers of each stage', () => {
    const { stages } = viewRollout(rollout({ customers: { list: ['a', 'b', 'c'], stages: [1] } }), undefined);
    expect(stages.map(({ percent, customers }) => [percent, customers])).toEqual([
      [0, 1],
      [1, 3],
      [50, 3],
    ]);
  });

  it('waits for a person where one took it back, or where approval is asked for a stage that is judged good', () => {
    const at = (progress: object, more = {}) =>
      viewRollout(rollout(more), work({ cursor: 2, progress: { promoted: 1, enteredAt: 5, ...progress } })).waitsForPerson;
    expect(at({ heldByHand: true })).toBe(true);
    expect(at({ verdict: verdict({ decision: 'promote' }) }, { approval: true })).toBe(true);
    expect(at({ verdict: verdict({ decision: 'promote', stage: 0 }) }, { approval: true })).toBe(false);
    expect(at({ verdict: verdict() }, { approval: true })).toBe(false);
    expect(at({ verdict: verdict({ decision: 'promote' }) })).toBe(false);
    const asks = (index: number) => [1, 50].map((percent, at) => ({ percent, approval: at === index }));
    expect(at({ verdict: verdict({ decision: 'promote' }) }, { stages: asks(1) })).toBe(true);
    expect(at({ verdict: verdict({ decision: 'promote' }) }, { stages: asks(0) })).toBe(false);
  });

  it('holds and watches nothing any more once it goes back, and keeps its last verdict', () => {
    const progress = { promoted: 1, enteredAt: 5, held: ['Wait.'], heldByHand: true, verdict: verdict({ decision: 'rollback' }) };
    const back = viewRollout(rollout(), work({ direction: 'back', status: 'undone', cursor: 0, progress }));
    expect(back).toMatchObject({ promoted: 0, held: [], waitsForPerson: false, verdict: { decision: 'rollback' } });
    expect(back).not.toHaveProperty('stage');
    expect(back).not.toHaveProperty('enteredAt');
  });

  it('leaves out a verdict of another shape', () => {
    expect(viewRollout(rollout(), work({ progress: { verdict: { decision: 'perhaps' } } }))).not.toHaveProperty('verdict');
  });
});
