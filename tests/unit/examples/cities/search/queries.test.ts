import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../../../bench/seeded-random.ts';
import { queriesFrom } from '../../../../../examples/cities/search/queries.ts';

describe('what people search for', () => {
  const cities = [
    { name: 'Łódź nad Wisłą', population: 699_999 },
    { name: 'Zug', population: 299_999 },
    { name: 'Nowhere', population: 0 },
  ];

  it('is the beginning of a name, three to eight letters of it', () => {
    const next = queriesFrom(cities, seededRandom(1));
    for (const query of Array.from({ length: 200 }, next)) {
      expect(cities.some((city) => city.name.startsWith(query))).toBe(true);
      expect([...query].length).toBeGreaterThanOrEqual(3);
      expect([...query].length).toBeLessThanOrEqual(8);
    }
  });

  it('is a large city more often', () => {
    const next = queriesFrom(cities, seededRandom(2));
    const queries = Array.from({ length: 10_000 }, next);
    const share = queries.filter((query) => query.startsWith('Łód')).length / queries.length;
    expect(share).toBeCloseTo(0.7, 1);
  });
});
