import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { brokenRecord } from './write-ahead-log.ts';

/** Size and CRC-32 of every file of a database at rest. */
export type Seals = Readonly<Record<string, readonly [size: number, crc: number]>>;

/** The lock and the log of messages hold no data, and change by looking at them. */
const DATALESS = /^(LOCK|LOG|LOG\.old)$/;

export const seal = (database: string): Seals =>
  Object.fromEntries(
    dataFiles(database).map((name) => {
      const content = readFileSync(join(database, name));
      return [name, [content.length, crc32(content)]];
    }),
  );

/** What is broken in a database that was closed with these seals, as the rest of a sentence; undefined: nothing. */
export const brokenSeal = (database: string, seals: Seals): string | undefined => {
  const found = seal(database);
  for (const [name, [size, crc]] of Object.entries(seals)) {
    const now = found[name];
    if (now === undefined) return `has lost its file db/${name}`;
    if (now[0] !== size || now[1] !== crc) return `holds a file db/${name} that is not as it was left`;
  }
  const added = Object.keys(found).find((name) => seals[name] === undefined);
  return added === undefined ? undefined : `holds a file db/${added} that was not there when it was closed`;
};

/** What is broken in a database whose process was killed, as far as LevelDB would not say so itself. */
export const brokenLog = (database: string): string | undefined => {
  for (const name of dataFiles(database).filter((file) => file.endsWith('.log'))) {
    const at = brokenRecord(readFileSync(join(database, name)));
    if (at !== undefined) return `holds a broken record (db/${name}, byte ${at})`;
  }
  return undefined;
};

const dataFiles = (database: string): readonly string[] =>
  readdirSync(database)
    .filter((name) => !DATALESS.test(name))
    .sort();
