import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ulids } from '../../../../shared/ports/ulid.ts';

describe('ulids', () => {
  it('spells time and randomness as the specification does, in lower case', () => {
    const next = ulids(
      () => 1_469_918_176_385,
      () => 0,
    );
    expect(next()).toBe('01aryz6s410000000000000000');
    expect(next()).toBe('01aryz6s410000000000000001');
  });

  it('goes up however the clock goes', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(5), { minLength: 2 }), fc.integer({ min: 0, max: 31 }), (times, digit) => {
        let at = 0;
        const next = ulids(
          () => times[at++] ?? 0,
          () => digit,
        );
        const made = times.map(next);
        expect([...made].sort()).toEqual(made);
        expect(new Set(made).size).toBe(made.length);
      }),
    );
  });
});
