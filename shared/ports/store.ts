/** What an attribute of an item may hold: the JSON part of DynamoDB's types. */
export type Value = null | boolean | number | string | readonly Value[] | { readonly [name: string]: Value };

export interface Key {
  readonly pk: string;
  readonly sk: string;
}

export interface Item extends Key {
  readonly [attribute: string]: Value;
}

/** One clause of a condition; the clauses of a write are joined by AND. `lessThan` is false where the attribute is absent, `notEquals` is true there. */
export type Clause =
  | { readonly test: 'absent'; readonly attribute: string }
  | { readonly test: 'equals'; readonly attribute: string; readonly value: string | number | boolean }
  | { readonly test: 'notEquals'; readonly attribute: string; readonly value: string | number | boolean }
  | { readonly test: 'lessThan'; readonly attribute: string; readonly value: number }
  | { readonly test: 'any'; readonly of: readonly Clause[] };

/** One conditional UpdateItem: the only way in which Slipway changes its own state. */
export interface Write {
  /** Names the transition, for errors, traces and the mutation test; never stored. */
  readonly name: string;
  readonly key: Key;
  readonly set?: { readonly [attribute: string]: Value };
  /** Sets what the item does not have yet: whoever writes first decides. */
  readonly keep?: { readonly [attribute: string]: Value };
  readonly remove?: readonly string[];
  /** Adds to a number; an absent attribute counts as 0. */
  readonly add?: { readonly [attribute: string]: number };
  readonly when: readonly Clause[];
}

export type WriteResult =
  /** `before` is the item as the write found it (undefined: there was none), `item` as it left it. */
  | { readonly applied: true; readonly before: Item | undefined; readonly item: Item }
  /** The condition did not hold; `current` is a consistent read made after the refusal. */
  | { readonly applied: false; readonly current: Item | undefined };

/** One conditional DeleteItem: only what is at its end is ever removed. With no clauses, also what is not there. */
export type Removal = Pick<Write, 'name' | 'key' | 'when'>;

export type RemovalResult =
  | { readonly removed: true }
  /** The condition did not hold; `current` is a consistent read made after the refusal (undefined: it is gone already). */
  | { readonly removed: false; readonly current: Item | undefined };

export interface Page {
  readonly items: readonly Item[];
  /** Opaque; give it to the next call. Absent on the last page. */
  readonly cursor?: string;
}

export interface ListOptions {
  /** Only sort keys that begin so. Of this, `from` and `before` one may be given. */
  readonly prefix?: string;
  /** Only sort keys that are this or sort after it. */
  readonly from?: string;
  /** Only sort keys that sort before it. */
  readonly before?: string;
  readonly limit?: number;
  readonly cursor?: string;
  readonly descending?: boolean;
}

/** The two sparse indexes: an item appears where it carries both `<index>` and `<index>Sort` (strings). Eventually consistent. */
export type IndexName = 'listing' | 'open';

/**
 * Where checkpoints, locks and events live. Every read by key is consistent.
 * Throws StoreUnansweredError when the outcome is unknown, StoreThrottledError when nothing was written.
 */
export interface Store {
  read(key: Key): Promise<Item | undefined>;
  /** Same order as the keys, at most 100. */
  readMany(keys: readonly Key[]): Promise<readonly (Item | undefined)[]>;
  write(write: Write): Promise<WriteResult>;
  remove(removal: Removal): Promise<RemovalResult>;
  list(pk: string, options?: ListOptions): Promise<Page>;
  listIndex(index: IndexName, value: string, options?: ListOptions): Promise<Page>;
}
