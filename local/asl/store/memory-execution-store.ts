import type { Value } from '../../../shared/ports/store.ts';
import type { Change, ExecutionStore } from './execution-store.ts';

/** Keeps JSON texts, so that nothing is shared with the caller. `onCommit` sees the store after each commit (crash tests copy it). */
export class MemoryExecutionStore implements ExecutionStore {
  readonly #records: Map<string, string>;
  readonly #onCommit: ((records: ReadonlyMap<string, string>) => void) | undefined;

  constructor(records: ReadonlyMap<string, string> = new Map(), onCommit?: (records: ReadonlyMap<string, string>) => void) {
    this.#records = new Map(records);
    this.#onCommit = onCommit;
  }

  async get(key: string): Promise<Value | undefined> {
    const text = this.#records.get(key);
    return text === undefined ? undefined : JSON.parse(text);
  }

  async *list(prefix: string): AsyncIterable<readonly [string, Value]> {
    for (const key of [...this.#records.keys()].filter((name) => name.startsWith(prefix)).sort()) {
      const text = this.#records.get(key);
      if (text !== undefined) yield [key, JSON.parse(text)];
    }
  }

  async commit(changes: readonly Change[]): Promise<void> {
    for (const change of changes) {
      if ('put' in change) this.#records.set(change.put, JSON.stringify(change.value));
      else this.#records.delete(change.remove);
    }
    this.#onCommit?.(this.#records);
  }

  async clear(prefix: string): Promise<void> {
    for (const key of [...this.#records.keys()]) if (key.startsWith(prefix)) this.#records.delete(key);
    this.#onCommit?.(this.#records);
  }
}
