import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { City } from '../../../../../examples/cities/city.ts';
import { indexedSearch, linearSearch, type SearchablePlace } from '../../../../../examples/cities/search/city-search.ts';
import { toPlace } from '../../../../../examples/cities/transform.ts';

const city = (id: number, name: string, population = 0): City => ({
  id,
  name,
  altName: '',
  country: 'DE',
  featureCode: 'PPL',
  adminCode: '01',
  population,
  latitude: 50,
  longitude: 8,
});

/** Both paths, the new one over what the migration makes of the same cities. */
const paths = (cities: readonly City[]) => {
  const places = cities.map((one) => toPlace({ ...one }) as unknown as SearchablePlace);
  return { old: linearSearch(cities), new: indexedSearch(places) };
};

const letter = fc.constantFrom('a', 'b', 'É', 'ł', 'ß', 'ñ', ' ', '-', '’', 'Z');
const word = fc.array(letter, { minLength: 1, maxLength: 5 }).map((letters) => letters.join(''));
const name = word.filter((text) => text.trim() !== '');

describe('searching cities', () => {
  it('answers the same on both paths, whatever is typed', () => {
    const cities = fc.array(fc.record({ name, population: fc.nat(5) }), { maxLength: 40 });
    fc.assert(
      fc.property(cities, word, (drafts, typed) => {
        const both = paths(drafts.map((draft, id) => city(id, draft.name, draft.population)));
        expect(both.new(typed)).toEqual(both.old(typed));
      }),
    );
  });

  it('finds names by their beginning, without accents and in any case, the largest first', () => {
    const both = paths([city(1, 'Zürich', 3), city(2, 'Zurigo', 9), city(3, 'Bad Zurzach', 20), city(4, 'Zug', 1)]);
    for (const search of [both.old, both.new]) {
      expect(search('ZÜR').map(({ name }) => name)).toEqual(['Zurigo', 'Zürich']);
      expect(search('zürcher')).toEqual([]);
    }
  });

  it('answers ten at most', () => {
    const both = paths(Array.from({ length: 30 }, (_, id) => city(id, `Neustadt ${id}`, id)));
    for (const search of [both.old, both.new])
      expect(search('neu').map(({ id }) => id)).toEqual([29, 28, 27, 26, 25, 24, 23, 22, 21, 20]);
  });
});
