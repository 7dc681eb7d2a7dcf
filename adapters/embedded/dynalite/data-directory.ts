import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { DataDirectoryError } from './data-directory-error.ts';
import { brokenLog, brokenSeal, type Seals, seal } from './database-files.ts';

const FORMAT = 1;
const MARKER = 'slipway-store.json';

/** `new`: the database may not be complete yet. `open`: in use, or its process was killed. `closed`: at rest, with its seals. */
export type DirectoryState = 'new' | 'open' | 'closed';

const marker = z.object({
  format: z.number(),
  state: z.enum(['new', 'open', 'closed']),
  seals: z.record(z.string(), z.tuple([z.number(), z.number()])).default({}),
});

export const databasePath = (dataDir: string): string => join(dataDir, 'db');

/**
 * Recognises the directory by its marker and looks whether its files are whole, or makes a new one where there is none or an
 * empty one. Changes nothing else. Throws DataDirectoryError.
 */
export const recogniseDirectory = (dataDir: string): DirectoryState => {
  const entries = entriesOf(dataDir);
  if (entries.length === 0) {
    writeMarker(dataDir, 'new');
    return 'new';
  }
  if (!entries.includes(MARKER)) throw new DataDirectoryError(dataDir, 'foreign', 'holds files that are not of Slipway');
  const { state, seals } = readMarker(dataDir);
  if (state === 'new') return state;
  const broken = brokenDatabase(databasePath(dataDir), state, seals);
  if (broken !== undefined) throw new DataDirectoryError(dataDir, 'corrupted', broken);
  return state;
};

export const markOpen = (dataDir: string): void => writeMarker(dataDir, 'open');

/** The database must be closed. */
export const markClosed = (dataDir: string): void => writeMarker(dataDir, 'closed', seal(databasePath(dataDir)));

/** Replaces the marker in one step, so that a crash leaves the old one or the new one. */
const writeMarker = (dataDir: string, state: DirectoryState, seals: Seals = {}): void => {
  const temporary = join(dataDir, `${MARKER}.${process.pid}`);
  writeFileSync(temporary, JSON.stringify({ format: FORMAT, state, seals }), { flush: true });
  renameSync(temporary, join(dataDir, MARKER));
};

const brokenDatabase = (database: string, state: DirectoryState, seals: Seals): string | undefined => {
  try {
    if (!readdirSync(database).includes('CURRENT')) return 'has lost its database (db/CURRENT)';
  } catch {
    return 'has lost its database (db)';
  }
  return state === 'closed' ? brokenSeal(database, seals) : brokenLog(database);
};

const entriesOf = (dataDir: string): readonly string[] => {
  try {
    mkdirSync(dataDir, { recursive: true });
    return readdirSync(dataDir);
  } catch (error) {
    throw new DataDirectoryError(dataDir, 'unusable', 'cannot be opened', error);
  }
};

const readMarker = (dataDir: string): z.infer<typeof marker> => {
  const found = parse(readFileSync(join(dataDir, MARKER), 'utf8'));
  if (!found.success)
    throw new DataDirectoryError(dataDir, 'corrupted', `has a marker that cannot be read (${MARKER})`, found.error);
  const { format } = found.data;
  if (format <= FORMAT) return found.data;
  throw new DataDirectoryError(dataDir, 'newer', `was made by a newer release (format ${format}; this one reads ${FORMAT})`);
};

const parse = (text: string) => {
  try {
    return marker.safeParse(JSON.parse(text));
  } catch (error) {
    return { success: false, error } as const;
  }
};
