import { describe, expect, it } from 'vitest';
import { describePlan } from '../../../../shared/plan/describe-plan.ts';
import { locksOf } from '../../../../shared/plan/locks.ts';
import { planDigest } from '../../../../shared/plan/plan-digest.ts';
import { renderPlan } from '../../../../shared/plan/render-plan.ts';
import { planOf, samplePlan } from './sample-plan.ts';

const plan = planOf({ ...samplePlan, description: 'Moves the cities.\nOnce.' });
const facts = (effect: 'idempotent' | 'manual', ...methods: ('forward' | 'verify' | 'undo')[]) => ({
  functions: new Map([['./tasks.ts#buildIndex', { effect, methods }]]),
});

it('locks the target and every table once, in sorted order', () => {
  expect(locksOf(plan)).toEqual(['table:cities-new', 'table:cities-old', 'target:production/cities']);
});

describe('describePlan', () => {
  it('tells the phases in the order in which they run', () => {
    const backwards = planOf({ ...samplePlan, phases: samplePlan.phases.toReversed() });
    expect(describePlan(backwards).phases.map(({ level, name }) => [level, name])).toEqual([
      [1, 'copy'],
      [2, 'switch'],
    ]);
  });

  it('tells what stays after a rollback, and why', () => {
    const irreversible = (...known: Parameters<typeof facts>) => describePlan(plan, facts(...known)).irreversible;
    expect(irreversible('idempotent', 'forward')).toEqual([{ component: 'index', why: 'its function has no undo' }]);
    expect(irreversible('manual', 'forward', 'undo')).toEqual([
      { component: 'index', why: expect.stringContaining('a person must say') },
    ]);
    expect(irreversible('idempotent', 'forward', 'undo')).toEqual([]);
  });

  it('tells nothing of a function that it does not know', () => {
    const [, index] = describePlan(plan).phases[0]?.components ?? [];
    expect(index).not.toHaveProperty('effect');
  });

  it('tells of a rollout what it waits for, who comes when, and how each stage is watched', () => {
    const index = { name: 'index', kind: 'rollout' as const, flag: 'new-index' };
    const search = {
      ...{ name: 'search', kind: 'rollout' as const, flag: 'new-search', bake: '5m', minSample: 100, approval: true },
      customers: { list: ['acme', 'zeta', 'initech'], stages: [1, 10], minSample: 5 },
      stages: [
        { percent: 10, approval: false },
        { percent: 100, bake: '1h', minSample: 500 },
      ],
      requires: [{ component: 'index', percent: 50 }],
      freeze: [{ days: ['fri' as const], from: '15:00', zone: 'Europe/Berlin' }],
      guardrails: [{ type: 'alarm' as const, name: 'errors', alarm: 'search-errors' }],
    };
    const described = describePlan(planOf({ ...samplePlan, phases: [{ name: 'roll', components: [search, index] }] }));
    expect(described.phases[0]?.components.find(({ name }) => name === 'search')).toMatchObject({
      effect: 'idempotent',
      undo: 'automatic',
      stages: [
        'wait until index is at 50 %',
        'enter no stage on fri from 15:00 to 24:00 Europe/Berlin',
        'shift new-search from off to on: 1 of 3 customers by name, watched 5 exposures of each side',
        'shift new-search from off to on: 3 of 3 customers by name, watched 5 exposures of each side',
        'shift new-search from off to on: 10 %, without asking',
        'shift new-search from off to on: 100 %, watched 1h and 500 exposures of each side',
        'at each stage watch 5m and 100 exposures of each side, then ask',
        'guardrails: errors (rollback)',
      ],
    });
  });

  it('tells of a rotation how long there is a way back, and of one role that there is none', () => {
    const checks = [{ type: 'health' as const, name: 'api', url: 'https://orders.test/health' }];
    const key = { name: 'key', kind: 'rotate' as const, secretId: 'orders/db', overlap: '30m', settle: '5m', checks };
    const rotation = planOf({ ...samplePlan, phases: [{ name: 'rotate', components: [key] }] });
    const secrets = new Map([['orders/db', { system: 'postgresql-single-user' }]]);
    expect(locksOf(rotation)).toEqual(['secret:orders/db', 'target:production/cities']);
    expect(describePlan(rotation).phases[0]?.components[0]).toMatchObject({
      stages: [
        'make a new credential of orders/db, test it, and make it the current one',
        'give consumers 5m to read it',
        'run the checks of its consumers',
        'leave the old credential valid for 30m, then revoke it: until then the rotation can be taken back',
      ],
      checks: [{ name: 'api', rule: 'at most 0% of 3 requests to https://orders.test/health fail' }],
      effect: 'probeable',
      undo: 'automatic',
    });
    expect(describePlan(rotation, { secrets }).irreversible).toEqual([
      { component: 'key', why: expect.stringContaining('one role') },
    ]);
  });

  it('shows the time-outs that hold for a component', () => {
    const own = planOf({
      ...samplePlan,
      phases: [{ name: 'a', components: [{ name: 'b', kind: 'task', run: 'Tidy', timeout: '7s', timeouts: { migrate: '9m' } }] }],
    });
    expect(describePlan(own).phases[0]?.components[0]?.timeouts).toEqual({
      call: 7000,
      migrate: 540_000,
    });
  });
});

describe('renderPlan', () => {
  it('says in plain text what will happen', () => {
    const text = renderPlan(describePlan(plan, facts('idempotent', 'forward', 'verify'))).join('\n');
    expect(text).toBe(`Plan cities on production/cities (${planDigest(plan).slice(0, 12)})
  Moves the cities.
  Once.

Locks, in this order
  table:cities-new
  table:cities-old
  target:production/cities

1. Phase copy
  reshape: batch, idempotent, can be undone
    - read cities-old in 4 segments side by side
    - transform each record with ./cities.ts#reshape
    - write cities-new (quiescent), keeping what it held before
    - verify every record; at most 0.1% may be in quarantine
    time-outs: migrate 10m
  index: task, idempotent, CANNOT BE UNDONE: its function has no undo
    - call ./tasks.ts#buildIndex, 2 steps
    - verify each step with its own function
    time-outs: call 30s, migrate 10m
  before a later phase:
    same (data): at most 0% of cities-old differs in cities-new

2. Phase switch (after copy)
  checks: validate, nothing to undo
    - run the checks
    checks:
      errors (function): ./checks.ts#errors < 5, sample at least 1
      answers (api): at most 0% of 1 answers differ between https://old.test and https://new.test
      speed (performance): p95 of 100 requests to https://new.test/ at most 10% above the baseline
    time-outs: validate 2m
  go: approval, nothing to undo
    - ask: Switch over?
    - after 2h without an answer: reject
    time-outs: expires 2h
  rest: wait, nothing to undo
    - wait 1.5m

On failure: everything is rolled back.
What cannot be undone:
  index: its function has no undo`);
  });

  it('says so where everything can be undone, and where a failure leaves things in place', () => {
    const small = planOf({
      ...samplePlan,
      onFailure: 'stop',
      phases: [{ name: 'a', components: [{ name: 'b', kind: 'wait', for: '1s', description: 'A pause.' }] }],
    });
    expect(renderPlan(describePlan(small)).join('\n')).toMatch(
      /A pause\.[\s\S]*On failure: the run stops and leaves what it did in place\.\nEverything in this plan can be undone\.$/,
    );
  });
});
