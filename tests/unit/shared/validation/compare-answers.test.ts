import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answersDiffer } from '../../../../shared/validation/compare-answers.ts';
import { percentile } from '../../../../shared/validation/performance-check.ts';

const answer = (body: string, status = 200) => ({ status, body, durationMs: 1 });
const differ = (old: unknown, fresh: unknown, ignore: string[] = []) =>
  answersDiffer(answer(JSON.stringify(old)), answer(JSON.stringify(fresh)), ignore);

describe('answersDiffer', () => {
  it('does not heed white space or the order of keys', () => {
    expect(answersDiffer(answer('{"a":1,"b":[2]}'), answer('{ "b": [2], "a": 1 }'), [])).toBeUndefined();
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(differ(value, structuredClone(value))).toBeUndefined();
      }),
    );
  });
  it('names where bodies differ', () => {
    expect(differ({ a: { b: [1, 2] } }, { a: { b: [1, 3] } })).toBe('the body differs at a.b.1');
    expect(differ({ a: 1 }, { a: 1, b: null })).toBe('the body differs at b');
    expect(differ([1], { 0: 1 })).toBe('the body differs at its root');
    expect(differ([1], [1, 2])).toBe('the body differs at its root');
    expect(differ(null, {})).toBe('the body differs at its root');
  });
  it('leaves ignored paths out, through arrays too', () => {
    const items = (id: number) => ({
      items: [
        { id, n: 1 },
        { id: id + 1, n: 2 },
      ],
    });
    expect(differ(items(1), items(5))).toBe('the body differs at items.0.id');
    expect(differ(items(1), items(5), ['items.id'])).toBeUndefined();
    expect(differ(items(1), items(5), ['items.0.id'])).toBe('the body differs at items.1.id');
    expect(differ({ meta: { a: 1 } }, { meta: { b: 2 } }, ['meta'])).toBeUndefined();
    expect(differ({ a: 1 }, {}, ['a'])).toBeUndefined();
  });
  it('compares bodies that are no JSON as text, and the status first', () => {
    expect(answersDiffer(answer('<a>'), answer('<b>'), ['x'])).toBe('the body differs');
    expect(answersDiffer(answer('<a>'), answer('<a>'), [])).toBeUndefined();
    expect(answersDiffer(answer('', 200), answer('', 404), [])).toBe('status 200 became 404');
  });
  it('takes names that JavaScript reserves for names', () => {
    expect(answersDiffer(answer('{"__proto__":1}'), answer('{"__proto__":2}'), [])).toBe('the body differs at __proto__');
    expect(answersDiffer(answer('{"toString":1}'), answer('{}'), [])).toBe('the body differs at toString');
  });
});

describe('percentile', () => {
  it('is the smallest value that the share of values does not exceed', () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 1 }), (values) => {
        const p95 = percentile(values, 0.95);
        expect(values.filter((value) => value <= p95).length).toBeGreaterThanOrEqual(0.95 * values.length);
        expect(values.filter((value) => value < p95).length).toBeLessThan(0.95 * values.length);
      }),
    );
    expect(percentile([], 0.95)).toBeNaN();
  });
});
