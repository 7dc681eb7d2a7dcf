import { describe, expect, it } from 'vitest';
import { systemIds } from '../../../../adapters/embedded/system-ids.ts';

describe('systemIds', () => {
  it('makes identifiers that are unique and sort by the time of making', () => {
    const ids = systemIds();
    const made = Array.from({ length: 5_000 }, () => ids.next());
    expect(new Set(made).size).toBe(5_000);
    expect([...made].sort()).toEqual(made);
    expect(made.every((id) => /^[0-9a-z]{26}$/.test(id))).toBe(true);
  });

  it('draws from [0, 1)', () => {
    const ids = systemIds();
    const draws = Array.from({ length: 1_000 }, () => ids.random());
    expect(draws.every((draw) => draw >= 0 && draw < 1)).toBe(true);
    expect(new Set(draws).size).toBeGreaterThan(990);
  });
});
