import type { RunEvent } from '../../shared/ports/events.ts';

/** Events that wait for one reader; never more than `limit`. */
export class EventQueue {
  readonly #limit: number;
  readonly #onFull: () => void;
  #events: RunEvent[] = [];
  #arrival = Promise.withResolvers<void>();

  /** `onFull`: the reader is slower than what happens; nothing is taken any more. */
  constructor(limit: number, onFull: () => void) {
    this.#limit = limit;
    this.#onFull = onFull;
  }

  get length(): number {
    return this.#events.length;
  }

  push(event: RunEvent): void {
    if (this.#events.length < this.#limit) {
      this.#events.push(event);
      this.#arrival.resolve();
    } else this.#onFull();
  }

  /** All that waits, in order. */
  takeAll(): readonly RunEvent[] {
    const taken = this.#events;
    this.#events = [];
    this.#arrival = Promise.withResolvers();
    return taken;
  }

  /** Resolves when something waits. */
  arrival(): Promise<void> {
    return this.#arrival.promise;
  }
}
