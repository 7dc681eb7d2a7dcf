import { createHash, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { inTurns } from '../adapters/embedded/in-turns.ts';
import type { Clock } from '../shared/ports/clock.ts';
import { knownSecrets } from '../shared/redaction/known-secrets.ts';

/** `hash`: SHA-256 of the token before, which opens until then (epoch ms). */
const replaced = z.object({ hash: z.string(), until: z.number() });

/** The token of a data directory, readable by its owner alone: made once, so that a restart logs nobody out, and replaced beside the old one. */
export class OwnerToken {
  readonly #directory: string;
  readonly #clock: Pick<Clock, 'now'>;

  constructor(dataDir: string, clock: Pick<Clock, 'now'>) {
    this.#directory = dataDir;
    this.#clock = clock;
  }

  /** Made where there is none. */
  async read(): Promise<string> {
    const kept = (await this.#text('token'))?.trim() ?? '';
    if (kept.length >= 32) return known(kept);
    return this.#make();
  }

  /** A new one; the one before opens for so long still (ms). Counts at once, also for a control plane that runs. */
  async rotate(overlap: number): Promise<{ readonly oldUntil: number }> {
    const oldUntil = this.#clock.now() + overlap;
    // First, so that whatever dies here, one of the two opens.
    await this.#write(
      'token-replaced.json',
      JSON.stringify({ hash: hashOf(await this.read()).toString('base64url'), until: oldUntil }),
    );
    await this.#make();
    return { oldUntil };
  }

  /** Reads the file as it is, once for all who ask meanwhile: another process may have replaced the token. */
  readonly #current = inTurns(() => this.read());

  async opens(bearer: string): Promise<boolean> {
    const given = hashOf(bearer);
    if (timingSafeEqual(given, hashOf(await this.#current()))) return true;
    const text = await this.#text('token-replaced.json');
    if (text === undefined) return false;
    const { hash, until } = replaced.parse(JSON.parse(text));
    const wanted = Buffer.from(hash, 'base64url');
    return until > this.#clock.now() && wanted.length === given.length && timingSafeEqual(given, wanted);
  }

  async #make(): Promise<string> {
    const token = randomBytes(32).toString('base64url');
    await this.#write('token', token);
    return known(token);
  }

  /** Whole or not at all. */
  async #write(name: string, text: string): Promise<void> {
    await mkdir(this.#directory, { recursive: true });
    const unfinished = join(this.#directory, `${name}.${randomUUID()}`);
    await writeFile(unfinished, `${text}\n`, { mode: 0o600, flag: 'wx' });
    await rename(unfinished, join(this.#directory, name));
  }

  async #text(name: string): Promise<string | undefined> {
    try {
      return await readFile(join(this.#directory, name), 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }
}

const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest();

const known = (token: string): string => {
  knownSecrets.add(token);
  return token;
};
