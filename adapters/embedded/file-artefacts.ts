import { randomUUID } from 'node:crypto';
import { link, mkdir, open, readdir, readFile, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { StoreRejectedError } from '../../shared/errors/store-errors.ts';
import { checkArtefactKey } from '../../shared/ports/artefact-key.ts';
import type { Artefacts } from '../../shared/ports/artefacts.ts';

/** Where bodies are written before they get their names; no key begins with a dot. */
const UNFINISHED = '.unfinished';

/** Artefacts as files under one directory. A body appears under its key whole and on disk, or not at all. */
export class FileArtefacts implements Artefacts {
  readonly #directory: string;
  /** Folders come and go one at a time, so that none is removed while something is put into it. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(directory: string) {
    this.#directory = directory;
  }

  async putOnce(key: string, body: Uint8Array): Promise<boolean> {
    const path = this.#path(key);
    const unfinished = join(this.#directory, UNFINISHED, randomUUID());
    try {
      await mkdir(dirname(unfinished), { recursive: true });
      await writeSynced(unfinished, body);
      const named = await this.#inTurn(async () => {
        await mkdir(dirname(path), { recursive: true });
        return linked(unfinished, path);
      });
      if (!named) return false;
      await syncDirectory(dirname(path));
      return true;
    } catch (error) {
      throw failure('write', key, error);
    } finally {
      await rm(unfinished, { force: true });
    }
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    const path = this.#path(key);
    try {
      return await readFile(path);
    } catch (error) {
      if (absent(error)) return undefined;
      throw failure('read', key, error);
    }
  }

  async *list(prefix: string): AsyncIterable<string> {
    yield* this.#walk('', prefix);
  }

  async remove(key: string): Promise<void> {
    const path = this.#path(key);
    try {
      await this.#inTurn(async () => {
        await rm(path, { force: true });
        await this.#removeEmptied(dirname(path));
      });
    } catch (error) {
      throw failure('remove', key, error);
    }
  }

  /** What a killed process was writing. For whoever alone has the directory, before anything is written. */
  async dropUnfinished(): Promise<void> {
    await rm(join(this.#directory, UNFINISHED), { recursive: true, force: true });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(work);
    this.#turn = mine.catch(() => undefined);
    return mine;
  }

  async #removeEmptied(folder: string): Promise<void> {
    if (folder === this.#directory || !(await removedEmpty(folder))) return;
    await this.#removeEmptied(dirname(folder));
  }

  /** Ascending by whole keys: a directory sorts as if its name ended in the slash. */
  async *#walk(folder: string, prefix: string): AsyncIterable<string> {
    const entries = await entriesOf(join(this.#directory, folder));
    const names = entries
      .filter((entry) => !entry.name.startsWith('.'))
      .map((entry) => folder + entry.name + (entry.isDirectory() ? '/' : ''))
      .sort();
    for (const name of names) {
      if (name.endsWith('/')) {
        if (name.startsWith(prefix) || prefix.startsWith(name)) yield* this.#walk(name, prefix);
      } else if (name.startsWith(prefix)) yield name;
    }
  }

  #path(key: string): string {
    checkArtefactKey(key);
    return join(this.#directory, ...key.split('/'));
  }
}

/** A link, unlike a rename, never replaces what is there: false where a file has the name. */
const linked = async (from: string, to: string): Promise<boolean> => {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST' && (await stat(to)).isFile()) return false;
    throw error;
  }
};

/** False where the folder is not empty, or there is none. */
const removedEmpty = async (folder: string): Promise<boolean> => {
  try {
    await rmdir(folder);
    return true;
  } catch (error) {
    if (['ENOTEMPTY', 'EEXIST', 'ENOENT', 'ENOTDIR'].includes(String(codeOf(error)))) return false;
    throw error;
  }
};

const writeSynced = async (path: string, body: Uint8Array): Promise<void> => {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(body);
    await file.sync();
  } finally {
    await file.close();
  }
};

/** Makes the new name itself durable, unless it has been removed meanwhile with the last of its folder. */
const syncDirectory = async (path: string): Promise<void> => {
  const directory = await open(path, 'r').catch((error: unknown) => {
    if (!absent(error)) throw error;
  });
  if (!directory) return;
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
};

const entriesOf = async (path: string) => {
  try {
    return await readdir(path, { withFileTypes: true });
  } catch (error) {
    if (absent(error)) return [];
    throw failure('list', path, error);
  }
};

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined);

const absent = (error: unknown): boolean => ['ENOENT', 'ENOTDIR', 'EISDIR'].includes(String(codeOf(error)));

const failure = (what: string, key: string, cause: unknown): StoreRejectedError =>
  new StoreRejectedError(`Could not ${what} the artefact ${key}: ${cause instanceof Error ? cause.message : String(cause)}.`, {
    next: 'Check that the data directory is writable and that the disk has room.',
    cause,
  });
