import { StoreRejectedError } from '../errors/store-errors.ts';
import type { Item, Value, Write } from './store.ts';

/** DynamoDB's limit on one item, names and values together. */
export const MAX_ITEM_BYTES = 400 * 1024;

/** Attributes that are keys of the table or of an index. */
const KEYS = new Set(['pk', 'sk', 'listing', 'listingSort', 'open', 'openSort']);

/**
 * What an item is after a write that was applied to `before`: the one definition that every adapter shares.
 * Throws StoreRejectedError where an attribute that is added to holds something else than a number.
 */
export const applyWrite = (before: Item | undefined, write: Write): Item => {
  const item: Record<string, Value> & Write['key'] = { ...write.keep, ...before, ...write.key, ...write.set };
  for (const name of write.remove ?? []) delete item[name];
  for (const [name, amount] of Object.entries(write.add ?? {})) item[name] = sum(write, name, before?.[name], amount);
  return item;
};

/** Refuses, before anything is sent, what the stores would refuse each in its own words, or would take and give back changed. */
export const checkWrite = (write: Write): void => {
  const given = { ...write.keep, ...write.set };
  const touched = [
    ...Object.keys(write.set ?? {}),
    ...Object.keys(write.keep ?? {}),
    ...(write.remove ?? []),
    ...Object.keys(write.add ?? {}),
  ];
  const twice = touched.find((name, at) => touched.indexOf(name) !== at);
  if (twice !== undefined)
    throw refused(write, `touches '${twice}' twice`, 'Set, remove or add to an attribute once in a write.');
  if (touched.includes('pk') || touched.includes('sk')) {
    throw refused(write, 'changes its own key', 'Keys never change: write another item.');
  }
  for (const [name, amount] of Object.entries(write.add ?? {})) {
    if (!Number.isSafeInteger(amount)) throw refused(write, `adds ${amount} to '${name}'`, 'Add whole numbers only.');
  }
  for (const [name, value] of Object.entries(given)) checkValue(write, name, value);
  for (const [name, value] of Object.entries({ ...write.key, ...given })) {
    const filled = typeof value === 'string' && value !== '';
    if (KEYS.has(name) && !filled)
      throw refused(write, `has a key '${name}' that is no filled string`, 'Give it one character at least.');
  }
};

const checkValue = (write: Write, path: string, value: Value | undefined): void => {
  if (typeof value === 'number') {
    const exact = Number.isFinite(value) && Math.abs(value) <= Number.MAX_SAFE_INTEGER;
    if (!exact) throw refused(write, `sets '${path}' to ${value}`, 'Store numbers beyond 2^53 as strings.');
  } else if (Array.isArray(value)) {
    for (const [at, element] of value.entries()) checkValue(write, `${path}[${at}]`, element);
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, element] of Object.entries(value)) {
      if (name === '') throw refused(write, `has an attribute without a name in '${path}'`, 'Give every attribute a name.');
      checkValue(write, `${path}.${name}`, element);
    }
  } else if (value === undefined || typeof value === 'function' || typeof value === 'symbol' || typeof value === 'bigint') {
    throw refused(write, `sets '${path}' to ${typeof value}`, 'Leave the attribute out, or remove it.');
  }
};

const sum = (write: Write, name: string, before: Value | undefined, amount: number): number => {
  if (before !== undefined && typeof before !== 'number') {
    throw refused(write, `adds to '${name}', which is no number`, 'Read the item and correct the attribute.');
  }
  return (before ?? 0) + amount;
};

const refused = (write: Write, fact: string, next: string): StoreRejectedError =>
  new StoreRejectedError(`Write '${write.name}' to ${write.key.pk} / ${write.key.sk} ${fact}.`, { next });
