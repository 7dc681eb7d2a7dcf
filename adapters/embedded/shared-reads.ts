import type {
  IndexName,
  Item,
  Key,
  ListOptions,
  Page,
  Removal,
  RemovalResult,
  Store,
  Write,
  WriteResult,
} from '../../shared/ports/store.ts';
import { readAll } from '../../shared/run/read-all.ts';
import { inTurns } from './in-turns.ts';

/** A store refuses more at once. */
const MOST = 100;

/**
 * A store for callers who look at the same at the same time: what is asked for by key while a read is under way goes in one request
 * after it. Each read begins after it was asked for, so it is as consistent as the store's own.
 */
export class SharedReads implements Store {
  readonly #store: Store;
  #wanted = new Map<string, Key>();

  constructor(store: Store) {
    this.#store = store;
  }

  readonly #turn = inTurns(async (): Promise<ReadonlyMap<string, Item | undefined>> => {
    const wanted = this.#wanted;
    this.#wanted = new Map();
    const [key, ...others] = wanted.values();
    const items = key && others.length === 0 ? [await this.#store.read(key)] : await readAll(this.#store, [...wanted.values()]);
    return new Map([...wanted.keys()].map((address, at) => [address, items[at]]));
  });

  async read(key: Key): Promise<Item | undefined> {
    const [item] = await this.readMany([key]);
    return item;
  }

  async readMany(keys: readonly Key[]): Promise<readonly (Item | undefined)[]> {
    if (keys.length === 0 || keys.length > MOST) return this.#store.readMany(keys);
    const addresses = keys.map(({ pk, sk }) => JSON.stringify([pk, sk]));
    for (const [at, key] of keys.entries()) this.#wanted.set(addresses[at] ?? '', key);
    const found = await this.#turn();
    return addresses.map((address) => found.get(address));
  }

  write(write: Write): Promise<WriteResult> {
    return this.#store.write(write);
  }

  remove(removal: Removal): Promise<RemovalResult> {
    return this.#store.remove(removal);
  }

  list(pk: string, options?: ListOptions): Promise<Page> {
    return this.#store.list(pk, options);
  }

  listIndex(index: IndexName, value: string, options?: ListOptions): Promise<Page> {
    return this.#store.listIndex(index, value, options);
  }
}
