import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { DataDirectoryError } from './data-directory-error.ts';

const FORMAT = 1;
const MARKER = 'slipway-store.json';

/** `new`: the database may not be complete yet. `open`: in use, or its user was killed. `closed`: everything was written and checked in. */
export type DirectoryState = 'new' | 'open' | 'closed';

const marker = z.object({ format: z.number(), state: z.enum(['new', 'open', 'closed']) });

export const databasePath = (dataDir: string): string => join(dataDir, 'db');

/** Recognises the directory by its marker, or makes a new one where there is none or an empty one. Throws DataDirectoryError. */
export const openDirectory = (dataDir: string): DirectoryState => {
  const entries = entriesOf(dataDir);
  if (entries.length === 0) {
    writeState(dataDir, 'new');
    return 'new';
  }
  if (!entries.includes(MARKER)) throw new DataDirectoryError(dataDir, 'foreign', 'holds files that are not of Slipway');
  const state = readState(dataDir);
  if (state !== 'new' && !databaseEntries(dataDir).includes('CURRENT')) {
    throw new DataDirectoryError(dataDir, 'corrupted', 'has lost its database (db/CURRENT)');
  }
  return state;
};

/** Replaces the marker in one step, so that a crash leaves the old one or the new one. */
export const writeState = (dataDir: string, state: DirectoryState): void => {
  const temporary = join(dataDir, `${MARKER}.${process.pid}`);
  writeFileSync(temporary, JSON.stringify({ format: FORMAT, state }), { flush: true });
  renameSync(temporary, join(dataDir, MARKER));
};

const entriesOf = (dataDir: string): readonly string[] => {
  try {
    mkdirSync(dataDir, { recursive: true });
    return readdirSync(dataDir);
  } catch (error) {
    throw new DataDirectoryError(dataDir, 'unusable', 'cannot be opened', error);
  }
};

const databaseEntries = (dataDir: string): readonly string[] => {
  try {
    return readdirSync(databasePath(dataDir));
  } catch {
    return [];
  }
};

const readState = (dataDir: string): DirectoryState => {
  const found = parse(readFileSync(join(dataDir, MARKER), 'utf8'));
  if (!found.success)
    throw new DataDirectoryError(dataDir, 'corrupted', `has a marker that cannot be read (${MARKER})`, found.error);
  const { format, state } = found.data;
  if (format > FORMAT)
    throw new DataDirectoryError(dataDir, 'newer', `was made by a newer release (format ${format}, this reads ${FORMAT})`);
  return state;
};

const parse = (text: string) => {
  try {
    return marker.safeParse(JSON.parse(text));
  } catch (error) {
    return { success: false, error } as const;
  }
};
