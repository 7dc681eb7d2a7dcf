import { describe, expect, it } from 'vitest';
import { MemoryTables } from '../../../../adapters/memory/tables.ts';
import { cityTables } from '../../../../examples/cities/city.ts';
import { loadCities, oldCities } from '../../../../examples/cities/load.ts';
import { searchKey, toPlace } from '../../../../examples/cities/transform.ts';
import type { DataRecord } from '../../../../shared/ports/tables.ts';

const LONDON: DataRecord = {
  id: 2643743,
  name: 'London',
  altName: '',
  country: 'GB',
  featureCode: 'PPLC',
  adminCode: 'ENG',
  population: 7_556_900,
  latitude: 51.50853,
  longitude: -0.12574,
};

describe('toPlace', () => {
  it('gives a city the new shape', () => {
    expect(toPlace(LONDON)).toEqual({
      country: 'GB',
      place: 'gcpvj0u6y#2643743',
      name: 'London',
      search: 'london',
      alternates: [],
      population: 7_556_900,
      coordinates: { lat: 51.50853, lon: -0.12574 },
      feature: 'PPLC',
      admin: ['ENG'],
    });
  });

  it('keeps other names and all levels of administration', () => {
    expect(toPlace({ ...LONDON, altName: 'Londinium', muni: 'GLA', muniSub: 'H9' })).toMatchObject({
      alternates: ['Londinium'],
      admin: ['ENG', 'GLA', 'H9'],
    });
  });

  it.each([
    [{ name: ' ' }, 'no name'],
    [{ country: '' }, 'no country'],
    [{ latitude: 'north' }, 'no latitude'],
    [{ longitude: 181 }, 'no place on Earth'],
    [{ mayor: 'Dick' }, "'mayor'"],
  ])('refuses a city with %j', (change, reason) => {
    expect(() => toPlace({ ...LONDON, ...change } as DataRecord)).toThrow(reason);
  });

  it('makes of every real city a place of its own, and refuses none', () => {
    const places = oldCities().map((city) => toPlace({ ...city }));
    expect(new Set(places.map(({ country, place }) => `${country}/${place}`)).size).toBe(135_233);
    expect(places.every(({ search }) => search !== '')).toBe(true);
  });
});

describe('searchKey', () => {
  it.each([
    ['São Paulo', 'sao paulo'],
    ['İstanbul', 'istanbul'],
    ['Łódź', 'lodz'],
    ['Straßkirchen', 'strasskirchen'],
    ['  Saint   Helier ', 'saint helier'],
    ['Москва', 'москва'],
  ])('turns %s into %s', (name, key) => {
    expect(searchKey(name)).toBe(key);
  });
});

describe('loadCities', () => {
  it('stores each city as one flat item', async () => {
    const tables = new MemoryTables();
    tables.create('cities', Object.keys(cityTables.cities.keys));
    const progress: number[] = [];
    const loaded = await loadCities(tables, {
      table: 'cities',
      limit: 2500,
      deadline: 0,
      onProgress: (done) => progress.push(done),
    });
    expect(loaded).toBe(2500);
    expect(progress).toEqual([2000, 2500]);
    expect(await tables.get('cities', [{ id: 3039154 }])).toEqual([
      {
        id: 3039154,
        name: 'El Tarter',
        altName: '',
        country: 'AD',
        featureCode: 'PPL',
        adminCode: '02',
        population: 1052,
        latitude: 42.57952,
        longitude: 1.65362,
      },
    ]);
  });

  it('says so where the table does not take everything', async () => {
    const tables = { write: async () => ({ unprocessed: 3, throttled: true }) };
    await expect(loadCities(tables, { table: 'cities', limit: 10, deadline: 0 })).rejects.toThrow('left 3 of 10');
  });
});
