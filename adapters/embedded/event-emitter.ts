import type { Events, RunEvent } from '../../shared/ports/events.ts';

export type EventListener = (event: RunEvent) => void;

/** Events within one process. A listener that throws harms neither the others nor the run. */
export class EventEmitter implements Events {
  readonly #listeners = new Set<EventListener>();
  readonly #onFault: (error: unknown) => void;

  constructor(onFault: (error: unknown) => void) {
    this.#onFault = onFault;
  }

  async publish(events: readonly RunEvent[]): Promise<void> {
    for (const event of events) {
      for (const listener of this.#listeners) {
        try {
          listener(event);
        } catch (error) {
          this.#onFault(error);
        }
      }
    }
  }

  /** Answers a function that ends the subscription. */
  subscribe(listener: EventListener): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }
}
