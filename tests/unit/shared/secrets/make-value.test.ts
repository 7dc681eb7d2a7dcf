import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_RULE, makeValue } from '../../../../shared/secrets/make-value.ts';

const rules = fc.record({
  length: fc.integer({ min: 8, max: 64 }),
  classes: fc.uniqueArray(fc.constantFrom('lower' as const, 'upper' as const, 'digit' as const, 'symbol' as const), {
    minLength: 1,
  }),
  exclude: fc.constantFrom('', 'aeiou', '0O1lI', '%:@/'),
  prefix: fc.constantFrom('', 'sk_'),
});

describe('a value', () => {
  it('fits its rule', () => {
    fc.assert(
      fc.property(rules, (rule) => {
        const value = makeValue(rule, randomBytes);
        expect(value.startsWith(rule.prefix)).toBe(true);
        const drawn = value.slice(rule.prefix.length);
        expect(drawn).toHaveLength(rule.length);
        for (const character of rule.exclude) expect(drawn).not.toContain(character);
        const tests = { lower: /[a-z]/, upper: /[A-Z]/, digit: /\d/, symbol: /[^a-zA-Z0-9]/ };
        for (const name of rule.classes) expect(drawn).toMatch(tests[name]);
      }),
    );
  });

  it('favours no character: each is drawn as often as the others', () => {
    const counts = new Map<string, number>();
    const rule = { ...DEFAULT_RULE, length: 1000 };
    for (let round = 0; round < 100; round += 1)
      for (const character of makeValue(rule, randomBytes)) counts.set(character, (counts.get(character) ?? 0) + 1);
    expect(counts.size).toBe(62);
    const expected = 100_000 / 62;
    const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    // 61 degrees of freedom: above 130 once in about a million.
    expect(chiSquare).toBeLessThan(130);
  });

  it.each([
    [{ ...DEFAULT_RULE, length: 7 }],
    [{ ...DEFAULT_RULE, classes: [] }],
    [{ ...DEFAULT_RULE, classes: ['digit' as const], exclude: '0123456789' }],
  ])('is not made where none fits', (rule) => {
    expect(() => makeValue(rule, randomBytes)).toThrow(RangeError);
  });
});
