import { CursorUnknownError, StoreRejectedError } from '../../shared/errors/store-errors.ts';
import { applyWrite, checkWrite, MAX_ITEM_BYTES } from '../../shared/ports/apply-write.ts';
import type {
  IndexName,
  Item,
  Key,
  ListOptions,
  Page,
  Removal,
  RemovalResult,
  Store,
  Value,
  Write,
  WriteResult,
} from '../../shared/ports/store.ts';
import { holds } from './condition.ts';
import { itemBytes } from './item-size.ts';

/** The store of the simulation and of unit tests. Each call does its work before it returns; what it hands out is frozen. */
export class MemoryStore implements Store {
  readonly #items = new Map<string, Item>();

  async read(key: Key): Promise<Item | undefined> {
    return this.#items.get(address(key));
  }

  async readMany(keys: readonly Key[]): Promise<readonly (Item | undefined)[]> {
    if (keys.length > 100) {
      throw new StoreRejectedError(`${keys.length} keys in one read.`, { next: 'Read at most 100 items at once.' });
    }
    return keys.map((key) => this.#items.get(address(key)));
  }

  async write(write: Write): Promise<WriteResult> {
    checkWrite(write);
    const before = this.#items.get(address(write.key));
    if (!holds(before, write.when)) return { applied: false, current: before };
    const item = frozen(structuredClone(applyWrite(before, write)));
    checkSize(item);
    this.#items.set(address(write.key), item);
    return { applied: true, before, item };
  }

  async remove({ key, when }: Removal): Promise<RemovalResult> {
    const before = this.#items.get(address(key));
    if (!holds(before, when)) return { removed: false, current: before };
    this.#items.delete(address(key));
    return { removed: true };
  }

  async list(pk: string, options: ListOptions = {}): Promise<Page> {
    return page(
      [...this.#items.values()].filter((item) => item.pk === pk),
      (item) => item.sk,
      options,
      pk,
    );
  }

  async listIndex(index: IndexName, value: string, options: ListOptions = {}): Promise<Page> {
    const sort = `${index}Sort`;
    const listed = [...this.#items.values()].filter((item) => item[index] === value && typeof item[sort] === 'string');
    return page(listed, (item) => String(item[sort]), options, value);
  }
}

const address = (key: Key): string => JSON.stringify([key.pk, key.sk]);

const page = (items: readonly Item[], sortOf: (item: Item) => string, options: ListOptions, of: string): Page => {
  const turn = options.descending ? -1 : 1;
  const entries = items
    .filter((item) => within(sortOf(item), options))
    .map((item) => ({ item, at: [sortOf(item), item.pk, item.sk] as const }))
    .sort((a, b) => turn * compare(a.at, b.at));
  const after = options.cursor === undefined ? undefined : startOf(options.cursor, of);
  const rest = after === undefined ? entries : entries.filter((entry) => turn * compare(entry.at, after) > 0);
  const taken = rest.slice(0, options.limit ?? rest.length);
  const last = taken.at(-1);
  const more = last !== undefined && taken.length < rest.length;
  return { items: taken.map((entry) => entry.item), ...(more ? { cursor: JSON.stringify([of, ...last.at]) } : {}) };
};

const within = (sort: string, { prefix = '', from, before }: ListOptions): boolean =>
  sort.startsWith(prefix) &&
  (from === undefined || compare([sort], [from]) >= 0) &&
  (before === undefined || compare([sort], [before]) < 0);

function startOf(cursor: string, of: string): readonly string[] {
  try {
    const parts: unknown = JSON.parse(cursor);
    if (Array.isArray(parts) && parts.length === 4 && parts[0] === of) return parts.slice(1).map(String);
  } catch {
    // No JSON: refused as any other that is none of ours.
  }
  throw new CursorUnknownError();
}

/** By UTF-8 bytes, as DynamoDB sorts; JavaScript's own order differs beyond the basic plane. */
const compare = (a: readonly string[], b: readonly string[]): number => {
  for (const [at, part] of a.entries()) {
    const order = Buffer.compare(Buffer.from(part), Buffer.from(b[at] ?? ''));
    if (order !== 0) return order;
  }
  return 0;
};

const checkSize = (item: Item): void => {
  const size = itemBytes(item);
  if (size > MAX_ITEM_BYTES)
    throw new StoreRejectedError(`The item ${item.pk} / ${item.sk} has ${size} bytes; ${MAX_ITEM_BYTES} fit.`, {
      next: 'Keep large values as artefacts and store their keys.',
    });
};

const frozen = <T extends Value>(value: T): T => {
  if (typeof value === 'object' && value !== null) {
    for (const element of Object.values(value)) frozen(element);
    Object.freeze(value);
  }
  return value;
};
