import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { flagFeed } from '../shared/flags/flag-feed.ts';

const cachedFlags = z.object({ schemaVersion: z.literal(1), etag: z.string().optional(), feed: flagFeed });
export type CachedFlags = Omit<z.output<typeof cachedFlags>, 'schemaVersion'>;

/** The last good flags on disk, so that a restart during an outage finds them. */
export class FlagCache {
  readonly #directory: string;
  readonly #file: string;

  /** One file for each source: its address and environment. */
  constructor(directory: string, source: string) {
    this.#directory = directory;
    this.#file = join(directory, `flags-${createHash('sha256').update(source).digest('hex').slice(0, 16)}.json`);
  }

  /** undefined: there are none yet. Rejects where there are, and they cannot be used. */
  async read(): Promise<CachedFlags | undefined> {
    try {
      return cachedFlags.parse(JSON.parse(await readFile(this.#file, 'utf8')));
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
      throw error;
    }
  }

  /** Whole or not at all: a crash leaves the file as it was. */
  async write(flags: CachedFlags): Promise<void> {
    const draft = `${this.#file}.${randomUUID()}`;
    await mkdir(this.#directory, { recursive: true });
    try {
      await writeFile(draft, JSON.stringify({ schemaVersion: 1, ...flags }), { mode: 0o600, flush: true });
      await rename(draft, this.#file);
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
  }
}
