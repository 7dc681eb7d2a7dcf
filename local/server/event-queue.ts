import type { RunEvent } from '../../shared/ports/events.ts';

export interface QueueLimit {
  readonly events: number;
  readonly bytes: number;
}

/** Events that wait for one reader; never more than the limit. */
export class EventQueue {
  readonly #limit: QueueLimit;
  readonly #onFull: () => void;
  #events: RunEvent[] = [];
  #bytes = 0;
  #arrival = Promise.withResolvers<void>();

  /** `onFull`: the reader is slower than what happens; nothing is taken any more. */
  constructor(limit: QueueLimit, onFull: () => void) {
    this.#limit = limit;
    this.#onFull = onFull;
  }

  get length(): number {
    return this.#events.length;
  }

  push(event: RunEvent, bytes: number): void {
    if (this.#events.length < this.#limit.events && this.#bytes < this.#limit.bytes) {
      this.#events.push(event);
      this.#bytes += bytes;
      this.#arrival.resolve();
    } else this.#onFull();
  }

  /** All that waits, in order. */
  takeAll(): readonly RunEvent[] {
    const taken = this.#events;
    this.#events = [];
    this.#bytes = 0;
    this.#arrival = Promise.withResolvers();
    return taken;
  }

  /** Resolves when something waits. */
  arrival(): Promise<void> {
    return this.#arrival.promise;
  }
}
