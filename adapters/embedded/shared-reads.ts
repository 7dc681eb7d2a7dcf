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
 * A store for callers who look at the same at the same time: what is asked for by key while a read is under way is asked for once, after
 * it. Each read begins after it was asked for, so it is as consistent as the store's own. One item is asked for as one, and many
 * as many: the role of a function may allow only one of the two.
 */
export class SharedReads implements Store {
  readonly #store: Store;
  readonly #one: SharedTurns;
  readonly #many: SharedTurns;

  constructor(store: Store) {
    this.#store = store;
    this.#one = new SharedTurns((keys) => Promise.all(keys.map((key) => store.read(key))));
    this.#many = new SharedTurns((keys) => readAll(store, keys));
  }

  async read(key: Key): Promise<Item | undefined> {
    const [item] = await this.#one.read([key]);
    return item;
  }

  async readMany(keys: readonly Key[]): Promise<readonly (Item | undefined)[]> {
    return keys.length === 0 || keys.length > MOST ? this.#store.readMany(keys) : this.#many.read(keys);
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

/** What is wanted by the time of a turn is read in it, each item once. */
class SharedTurns {
  #wanted = new Map<string, Key>();
  readonly #turn: () => Promise<ReadonlyMap<string, Item | undefined>>;

  constructor(readAllOf: (keys: readonly Key[]) => Promise<readonly (Item | undefined)[]>) {
    this.#turn = inTurns(async () => {
      const wanted = this.#wanted;
      this.#wanted = new Map();
      const items = await readAllOf([...wanted.values()]);
      return new Map([...wanted.keys()].map((address, at) => [address, items[at]]));
    });
  }

  async read(keys: readonly Key[]): Promise<readonly (Item | undefined)[]> {
    const addresses = keys.map(({ pk, sk }) => JSON.stringify([pk, sk]));
    for (const [at, key] of keys.entries()) this.#wanted.set(addresses[at] ?? '', key);
    const found = await this.#turn();
    return addresses.map((address) => found.get(address));
  }
}
