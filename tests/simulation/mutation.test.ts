import { describe, expect, it } from 'vitest';
import killers from './killers.json' with { type: 'json' };
import { clausesOf } from './mutate.ts';
import { simulate } from './simulate.ts';

/** `killers.json` names, for each clause of each condition, a seed that fails without it: `npm run simulate:mutate` finds them anew. */
describe('the clauses of the run protocol', () => {
  it('are all known', async () => {
    const seen = await clausesOf(Array.from({ length: 60 }, (_, index) => index + 1));
    expect(seen.filter((clause) => !(clause in killers))).toEqual([]);
  }, 60_000);

  it.each(Object.entries(killers))('need %s: seed %i fails without it and passes with it', async (clause, seed) => {
    expect((await simulate(seed)).violations).toEqual([]);
    const { violations, clauses } = await simulate(seed, clause);
    expect(clauses).toContain(clause);
    expect(violations).not.toEqual([]);
  });
});
