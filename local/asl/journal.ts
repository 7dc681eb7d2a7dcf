import type { Value } from '../../shared/ports/store.ts';
import type { Change, ExecutionStore } from './store/execution-store.ts';

/**
 * The changes of one execution, in order. They are staged while a state thinks and written, as one atomic batch, before its
 * first effect: what is on disk is always a prefix of what happened. Commits that meet join the same batch.
 */
export class Journal {
  readonly #store: ExecutionStore;
  #staged = new Map<string, Change>();
  #writing: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;

  constructor(store: ExecutionStore) {
    this.#store = store;
  }

  get pending(): number {
    return this.#staged.size;
  }

  put(key: string, value: Value): void {
    this.#staged.set(key, { put: key, value });
  }

  /** Resolves when everything staged so far is durable. After a failed write every later commit fails too. */
  commit(): Promise<void> {
    if (this.#staged.size === 0) return this.#next ?? this.#writing;
    this.#next ??= this.#writing.then(() => this.#flush());
    return this.#next;
  }

  #flush(): Promise<void> {
    const batch = [...this.#staged.values()];
    this.#staged = new Map();
    this.#next = undefined;
    this.#writing = this.#store.commit(batch);
    return this.#writing;
  }
}
