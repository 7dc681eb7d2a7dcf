import { checkArtefactKey } from '../../shared/ports/artefact-key.ts';
import type { Artefacts } from '../../shared/ports/artefacts.ts';

/** Artefacts in memory, for unit tests and the simulation. */
export class MemoryArtefacts implements Artefacts {
  readonly #bodies = new Map<string, Uint8Array>();

  async putOnce(key: string, body: Uint8Array): Promise<boolean> {
    checkArtefactKey(key);
    if (this.#bodies.has(key)) return false;
    this.#bodies.set(key, body.slice());
    return true;
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    checkArtefactKey(key);
    return this.#bodies.get(key)?.slice();
  }

  async *list(prefix: string): AsyncIterable<string> {
    yield* [...this.#bodies.keys()].filter((key) => key.startsWith(prefix)).sort();
  }

  async remove(key: string): Promise<void> {
    checkArtefactKey(key);
    this.#bodies.delete(key);
  }
}
