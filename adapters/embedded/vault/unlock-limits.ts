import { readFile, rm, writeFile } from 'node:fs/promises';
import * as z from 'zod';
import { VaultPassphraseError } from './vault-errors.ts';

const failures = z.object({ count: z.int().min(0), /** Epoch ms of the last one. */ at: z.number() });

/** Wrong passphrases that cost nothing but the time that deriving a key takes. */
const FREE = 5;
const LONGEST_MS = 900_000;

/** After five wrong passphrases each further one waits twice as long as the one before: 2 s, 4 s, up to a quarter of an hour. */
export class UnlockLimits {
  readonly #path: string;
  readonly #now: () => number;

  constructor(path: string, now: () => number) {
    this.#path = path;
    this.#now = now;
  }

  /** Throws VaultPassphraseError while the wait is not over; counts an attempt as failed before it is made, so that a kill does not undo it. */
  async attempt<T>(unlock: () => Promise<T>): Promise<T> {
    const { count, at } = await this.#read();
    const wait = count < FREE ? 0 : Math.min(LONGEST_MS, 1000 * 2 ** (count - FREE + 1));
    // A clock that was set back does not lock anybody out for longer than the longest wait.
    const left = Math.min(wait, at + wait - this.#now());
    if (left > 0) {
      throw new VaultPassphraseError(`${count} wrong passphrases in a row.`, {
        next: `Try again in ${Math.ceil(left / 1000)} s.`,
      });
    }
    await writeFile(this.#path, JSON.stringify({ count: count + 1, at: this.#now() }), { mode: 0o600 });
    const opened = await unlock();
    await rm(this.#path, { force: true });
    return opened;
  }

  async #read(): Promise<z.output<typeof failures>> {
    try {
      return failures.parse(JSON.parse(await readFile(this.#path, 'utf8')));
    } catch {
      return { count: 0, at: 0 };
    }
  }
}
