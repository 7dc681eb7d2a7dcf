import { SlipwayError } from '../../../shared/errors/slipway-error.ts';
import type { Value } from '../../../shared/ports/store.ts';

export type Change = { readonly put: string; readonly value: Value } | { readonly remove: string };

/**
 * Small JSON records under string keys, ordered by key: where the engine keeps what it needs to go on after a crash.
 * Throws CorruptExecutionStoreError where what was kept cannot be read back.
 */
export interface ExecutionStore {
  get(key: string): Promise<Value | undefined>;
  /** In the order of the keys. */
  list(prefix: string): AsyncIterable<readonly [key: string, value: Value]>;
  /** All or nothing; durable against the death of the process when it resolves. */
  commit(changes: readonly Change[]): Promise<void>;
  /** Removes every key that begins so; not atomic. */
  clear(prefix: string): Promise<void>;
}

/** What is on disk is damaged. Nothing was changed. */
export class CorruptExecutionStoreError extends SlipwayError {
  override readonly name = 'CorruptExecutionStoreError';
  override readonly code = 'EXECUTION_STORE_CORRUPT';
}

/** The first string after every string with this prefix. Keys are ASCII. */
export function afterPrefix(prefix: string): string {
  return `${prefix}\uffff`;
}
