import { searchKey } from '../transform.ts';

/** A city as both paths answer it. */
export interface Found {
  readonly id: number;
  readonly name: string;
  readonly country: string;
  readonly population: number;
}

/** The largest cities whose names begin with what was typed. */
export type CitySearch = (typed: string) => readonly Found[];

const MOST = 10;

interface Entry extends Found {
  readonly key: string;
}

/** The old path: looks at every city, for every search. */
export function linearSearch(cities: readonly Found[]): CitySearch {
  const entries = cities.map(({ id, name, country, population }) => entry(id, name, country, population, searchKey(name)));
  return (typed) => {
    const key = searchKey(typed);
    const found: Entry[] = [];
    for (const one of entries) if (one.key.startsWith(key)) found.push(one);
    return largest(found);
  };
}

/** A place of the migrated table, as far as a search needs it. */
export interface SearchablePlace {
  readonly country: string;
  /** Geohash, `#`, id. */
  readonly place: string;
  readonly name: string;
  /** The name as people type it. */
  readonly search: string;
  readonly population: number;
}

/** The new path: places stand in the order of their search keys, so those with one beginning stand side by side. */
export function indexedSearch(places: readonly SearchablePlace[]): CitySearch {
  const entries = places
    .map(({ country, place, name, search, population }) =>
      entry(Number(place.slice(place.indexOf('#') + 1)), name, country, population, search),
    )
    .sort((one, other) => order(one.key, other.key));
  return (typed) => {
    const key = searchKey(typed);
    const from = firstNotBelow(entries, key);
    let to = from;
    while (entries[to]?.key.startsWith(key)) to += 1;
    return largest(entries.slice(from, to));
  };
}

/** Of one shape, whatever a table's client made: a linear search is only as fast as what it looks at. */
const entry = (id: number, name: string, country: string, population: number, key: string): Entry => ({
  id,
  name,
  country,
  population,
  key,
});

const largest = (entries: readonly Entry[]): Found[] =>
  [...entries]
    .sort((one, other) => other.population - one.population || one.id - other.id)
    .slice(0, MOST)
    .map(({ key: _, ...found }) => found);

function firstNotBelow(entries: readonly Entry[], key: string): number {
  let [low, high] = [0, entries.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((entries[middle]?.key ?? '') < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

const order = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);
