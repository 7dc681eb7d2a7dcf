import type { City } from '../city.ts';

const SHORTEST = 3;
const LONGEST = 8;

/** What people type: the beginnings of cities' names, those of large cities more often. `random` is in [0, 1). */
export function queriesFrom(cities: readonly Pick<City, 'name' | 'population'>[], random: () => number): () => string {
  let people = 0;
  const ends = cities.map(({ population }) => (people += population + 1));
  return () => {
    const city = cities[firstAbove(ends, random() * people)];
    const letters = SHORTEST + Math.floor(random() * (LONGEST - SHORTEST + 1));
    return [...(city?.name ?? '')].slice(0, letters).join('');
  };
}

function firstAbove(ends: readonly number[], value: number): number {
  let [low, high] = [0, ends.length - 1];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ends[middle] ?? 0) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
