import geohash from 'ngeohash';
import { defineTransform } from '../../shared/plan/define-task.ts';

/** About 5 m: places of one country sort by where they are. */
const GEOHASH_CHARACTERS = 9;

/** Letters that are no accented form of another one, as people type them without. */
const PLAIN: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  ħ: 'h',
  ı: 'i',
  ł: 'l',
  þ: 'th',
  ə: 'e',
  '‘': "'",
  '’': "'",
  '”': '"',
};

/** A name as people search for it: lower case, without accents. */
export function searchKey(name: string): string {
  const bare = name.toLowerCase().normalize('NFD').replace(/\p{M}/gu, '');
  return bare
    .replace(/[ßæœøđðħıłþə‘’”]/g, (letter) => PLAIN[letter] ?? letter)
    .replace(/\s+/g, ' ')
    .trim();
}

/** The old service's flat city as the new service's place. An attribute that it does not know stops it: nothing is lost silently. */
export const toPlace = defineTransform((city) => {
  const { id, name, altName, country, featureCode, adminCode, population, latitude, longitude, muni, muniSub, ...unknown } = city;
  const [stranger] = Object.keys(unknown);
  if (stranger !== undefined) throw new Error(`The city has an attribute '${stranger}' that the new shape has no place for.`);
  const lat = number(latitude, 'latitude');
  const lon = number(longitude, 'longitude');
  if (Math.abs(lat) > 90 || Math.abs(lon) > 180) throw new Error(`${lat}, ${lon} is no place on Earth.`);
  return {
    country: text(country, 'country'),
    place: `${geohash.encode(lat, lon, GEOHASH_CHARACTERS)}#${number(id, 'id')}`,
    name: text(name, 'name'),
    search: searchKey(text(name, 'name')),
    alternates: codes({ altName }),
    population: number(population, 'population'),
    coordinates: { lat, lon },
    feature: text(featureCode, 'featureCode'),
    admin: codes({ adminCode, muni, muniSub }),
  };
});

function text(value: unknown, attribute: string): string {
  if (typeof value !== 'string' || value.trim() === '') throw new Error(`The city has no ${attribute}.`);
  return value;
}

/** Those that are there: what a city did not have, the old service stored as '' or not at all. */
function codes(attributes: { readonly [name: string]: unknown }): string[] {
  const given = Object.entries(attributes).filter(([, value]) => value !== undefined && value !== '');
  return given.map(([name, value]) => text(value, name));
}

function number(value: unknown, attribute: string): number {
  if (typeof value !== 'number') throw new Error(`The city has no ${attribute}.`);
  return value;
}
