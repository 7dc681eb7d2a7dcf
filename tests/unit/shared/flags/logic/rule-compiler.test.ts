import { describe, expect, it } from 'vitest';
import { documentOf, NOON, onOff, problemsOf, yields } from '../flag-builder.ts';

const context = {
  targetingKey: 'k',
  plan: 'pro',
  age: 20,
  zero: 0,
  tags: ['a', 'b'],
  'dotted.name': 1,
  deep: { er: { est: 'x' } },
  none: null,
  blank: {},
};

describe('rules', () => {
  it.each([
    [{ var: 'deep.er.est' }, 'true'],
    [{ var: 'deep.none.est' }, 'false'],
    [{ var: 'dotted\\.name' }, 'true'],
    [{ var: ['nobody', 'x'] }, 'true'],
    [{ var: 'toString' }, 'false'],
    [{ var: 'plan.length' }, 'true'],
    [{ '===': [{ var: '$flagd.flagKey' }, 'f'] }, 'true'],
    [{ '===': [{ var: '$flagd.timestamp' }, NOON / 1000] }, 'true'],
    [{ var: '$flagd.other' }, 'false'],
    [{ '===': [{ var: ['$flagd.flagKey.x', 'y'] }, 'y'] }, 'true'],
    [{ '===': [{ cat: [{ var: 'nobody' }, 'x', 1] }, 'x1'] }, 'true'],
    [{ '===': [{ substr: [{ var: 'plan' }, -2] }, 'ro'] }, 'true'],
    [{ '===': [{ substr: [{ var: 'plan' }, 0, -1] }, 'pr'] }, 'true'],
    [{ substr: [{ var: 'age' }, 0] }, 'GENERAL'],
    [{ '==': [{ var: 'age' }, '20'] }, 'true'],
    [{ '!=': [{ var: 'plan' }, 'free'] }, 'true'],
    [{ '==': [{ var: 'nobody' }, 'free'] }, 'false'],
    [{ '==': [{ var: 'nobody' }, 0] }, 'true'],
    [{ '===': [{ var: 'nobody' }, 0] }, 'false'],
    [{ '<': [18, { var: 'age' }, 30] }, 'true'],
    [{ '<=': [18, { var: 'age' }, 19] }, 'false'],
    [{ '<': [{ var: 'plan' }, 3] }, 'GENERAL'],
    [{ '==': [{ var: 'tags' }, 'a'] }, 'GENERAL'],
    [{ '===': [{ '+': [1, '2', true] }, 4] }, 'true'],
    [{ '===': [{ '-': [3] }, -3] }, 'true'],
    [{ '===': [{ '/': [6, 2, 3] }, 1] }, 'true'],
    [{ '/': [1, { var: 'zero' }] }, 'GENERAL'],
    [{ '%': [1, { var: 'zero' }] }, 'GENERAL'],
    [{ '+': [{ var: 'plan' }, 1] }, 'GENERAL'],
    [{ '===': [{ max: [1, { var: 'age' }, 3] }, 20] }, 'true'],
    [{ '===': [{ min: [1, { var: 'age' }] }, 1] }, 'true'],
    [{ max: ['1'] }, 'GENERAL'],
    [{ in: ['a', { var: 'tags' }] }, 'true'],
    [{ in: ['r', { var: 'plan' }] }, 'true'],
    [{ in: ['r', { var: 'nobody' }] }, 'false'],
    [{ in: ['r', { var: 'age' }] }, 'GENERAL'],
    [{ '!': { var: 'none' } }, 'true'],
    [{ '!!': [[]] }, 'false'],
    [{ '!!': ['0'] }, 'true'],
    [{ '!!': [{ var: 'deep' }] }, 'true'],
    [{ '!!': [{ var: 'blank' }] }, 'false'],
    [{ and: [true, { var: 'zero' }, { '/': [1, 0] }] }, 'false'],
    [{ or: [{ var: 'zero' }, 'x', { '/': [1, 0] }] }, 'true'],
    [{ if: [false, true, { var: 'zero' }, true, { var: 'plan' }] }, 'true'],
    [{ some: [{ var: 'tags' }, { '===': [{ var: '' }, 'b'] }] }, 'true'],
    [{ all: [{ var: 'tags' }, { '===': [{ var: '' }, 'b'] }] }, 'false'],
    [{ all: [{ var: 'nobody' }, true] }, 'false'],
    [{ none: [{ var: 'nobody' }, true] }, 'true'],
    [{ filter: [{ var: 'tags' }, { '===': [{ var: '' }, 'z'] }] }, 'false'],
    [{ map: [{ var: 'plan' }, { var: '' }] }, 'GENERAL'],
    [{ '===': [{ reduce: [[1, 2, 3], { '+': [{ var: 'accumulator' }, { var: 'current' }] }, 4] }, 10] }, 'true'],
    [{ '===': [{ reduce: [[1, 2, 3], { '+': [{ var: 'accumulator' }, { var: 'current' }] }] }, 6] }, 'true'],
    [{ reduce: [[], { var: 'current' }] }, 'GENERAL'],
    [{ in: [3, { merge: [[1, 2], 3] }] }, 'true'],
    [{ missing: ['plan', 'deep.er'] }, 'false'],
    [{ missing: ['plan', 'deep.nobody'] }, 'true'],
    [{ missing_some: [1, ['plan', 'nobody']] }, 'false'],
    [{ starts_with: [{ var: 'plan' }, 'pr'] }, 'true'],
    [{ ends_with: [{ var: 'plan' }, 'pr'] }, 'false'],
    [{ ends_with: [{ var: 'age' }, '0'] }, 'false'],
    [{ sem_ver: ['v1.4', '~', '1.4.9'] }, 'true'],
    [{ sem_ver: ['2.0.0', '^', '1.9.0'] }, 'false'],
    [{ sem_ver: ['1.0.0-rc.1', '<', '1.0.0'] }, 'true'],
    [{ sem_ver: [{ var: 'plan' }, '!=', '1.0.0'] }, 'false'],
  ])('%j is %s', (logic, result) => expect(yields(logic, context)).toBe(result));

  it('reads a chain of thousands of branches', () => {
    const branches = Array.from({ length: 1200 }, (_, n) => [{ '===': [{ var: 'age' }, n] }, n === 1199]).flat();
    expect(yields({ if: [...branches, false] }, { age: 1199 })).toBe('true');
    expect(yields({ if: [...branches, false] }, { age: 1 })).toBe('false');
    expect(yields({ or: Array.from({ length: 2000 }, (_, n) => ({ '===': [{ var: 'age' }, n] })) }, { age: 1999 })).toBe('true');
  });

  it('bounds what a rule can make grow', () => {
    const doubling = (operator: string, start: unknown) => ({
      reduce: [Array(40).fill(0), { [operator]: [{ var: 'accumulator' }, { var: 'accumulator' }] }, start],
    });
    expect(yields(doubling('cat', 'xx'))).toBe('GENERAL');
    expect(yields(doubling('merge', [1, 2]))).toBe('GENERAL');
    expect(yields({ some: [{ var: 'many' }, false] }, { many: Array(3000).fill(0) })).toBe('GENERAL');
  });

  it.each([
    [{ map: [[1], { map: [[1], { map: [[1], 1] }] }] }, 'TOO_DEEP'],
    [{ var: '../x' }, 'BAD_ARGUMENTS'],
    [{ var: { cat: ['a', 'b'] } }, 'BAD_ARGUMENTS'],
    [{ '+': 1 }, 'BAD_ARGUMENTS'],
    [{ missing_some: ['1', []] }, 'BAD_ARGUMENTS'],
    [{ map: [[1], { fractional: [['on', 1]] }] }, 'BAD_ARGUMENTS'],
    [{}, 'BAD_ARGUMENTS'],
    [{ throw: ['x'] }, 'UNKNOWN_OPERATOR'],
    [{ $ref: 1 }, 'UNKNOWN_EVALUATOR'],
  ])('refuses %j', (logic, code) => {
    expect(problemsOf(documentOf({ f: onOff({ if: [logic, 'on', 'off'] }) })).map((problem) => problem.code)).toContain(code);
  });
});

describe('fractional', () => {
  const bucket = (fractional: unknown, values: object = context) =>
    yields({ '===': [{ fractional }, 'a'] }, values as Readonly<Record<string, unknown>>);
  const share = (fractional: unknown) =>
    Array.from({ length: 400 }, (_, n) => bucket(fractional, { targetingKey: `k${n}`, plan: `p${n}`, ten: 10 })).filter(
      (is) => is === 'true',
    ).length / 400;

  it('deals by weights that are fixed, absent or calculated', () => {
    expect(
      share([
        ['a', 25],
        ['b', 75],
      ]),
    ).toBeCloseTo(0.25, 1);
    expect(share([['a'], ['b']])).toBeCloseTo(0.5, 1);
    expect(
      share([
        ['a', { '+': [{ var: 'ten' }, 15] }],
        ['b', 75],
      ]),
    ).toBeCloseTo(0.25, 1);
    expect(share([{ var: 'plan' }, ['a', 1], ['b', 1]])).toBeCloseTo(0.5, 1);
    expect(
      share([
        ['b', 1],
        ['c', 1],
        [{ cat: ['a'] }, 2],
      ]),
    ).toBeCloseTo(0.5, 1);
    expect(
      share([
        ['a', -5],
        ['b', 1],
      ]),
    ).toBe(0);
    expect(
      share([
        ['a', 0],
        ['b', 0],
      ]),
    ).toBe(0);
  });

  it('deals nobody by a value that is no text, or a weight that is no whole number', () => {
    expect(bucket([{ var: 'age' }, ['a', 1]])).toBe('false');
    expect(bucket([['a', { var: 'plan' }]])).toBe('false');
    expect(bucket([['a', { '*': [2 ** 31, 2] }]])).toBe('false');
  });

  it('deals text with a fixed beginning as if it were joined first', () => {
    for (let n = 0; n < 50; n += 1) {
      const values = { plan: `ø${n}`, joined: `f-ø${n}` };
      const split = [
        ['a', 1],
        ['b', 1],
      ];
      expect(bucket([{ cat: [{ var: '$flagd.flagKey' }, '-', { var: 'plan' }] }, ...split], values)).toBe(
        bucket([{ var: 'joined' }, ...split], values),
      );
    }
  });

  it.each([
    [[['a', 2 ** 31]], 'at most 2147483647'],
    [[['a', 1, 1]], 'must be a bucket'],
    [[['a', '1']], 'must be a weight'],
    [[{ var: 'x' }, 'a'], 'must be a bucket'],
  ])('refuses %j', (fractional, message) => {
    const problems = problemsOf(documentOf({ f: onOff({ if: [{ fractional }, 'on', 'off'] }) }));
    expect(problems).toEqual([expect.objectContaining({ code: 'BAD_ARGUMENTS', message: expect.stringContaining(message) })]);
  });
});
