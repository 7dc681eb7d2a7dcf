import type { EventListener } from '../../adapters/embedded/event-emitter.ts';
import { eventId } from '../../shared/api/event-stream.ts';
import type { RunEvent } from '../../shared/ports/events.ts';

export interface EventLogOptions {
  /** How many of the latest events are kept at least. */
  readonly kept?: number;
  /** Of how many items the last revision is remembered: an event of an older one has been told. */
  readonly items?: number;
}

/**
 * What this process has published of late: each event once, in one order for all readers. Writers publish an item's last event
 * again when they take the item up; those repeats end here.
 */
export class EventLog {
  readonly #kept: number;
  readonly #items: number;
  readonly #events: RunEvent[] = [];
  readonly #latest = new Map<string, number>();
  readonly #readers = new Set<EventListener>();

  constructor({ kept = 10_000, items = 20_000 }: EventLogOptions = {}) {
    this.#kept = kept;
    this.#items = items;
  }

  /** For the emitter's subscription. */
  readonly take = (event: RunEvent): void => {
    const item = `${event.runId}/${event.item}`;
    const latest = this.#latest.get(item);
    if (latest !== undefined && event.rev <= latest) return;
    this.#remember(item, event.rev);
    this.#events.push(event);
    if (this.#events.length >= 2 * this.#kept) this.#events.splice(0, this.#events.length - this.#kept);
    for (const reader of this.#readers) reader(event);
  };

  /** Every event from now on. Answers a function that ends it. */
  read(reader: EventListener): () => void {
    this.#readers.add(reader);
    return () => {
      this.#readers.delete(reader);
    };
  }

  /** What was published after an event; undefined: that one is not among those kept. */
  after(id: string): readonly RunEvent[] | undefined {
    const at = this.#events.findLastIndex((event) => eventId(event) === id);
    return at === -1 ? undefined : this.#events.slice(at + 1);
  }

  #remember(item: string, rev: number): void {
    this.#latest.delete(item);
    this.#latest.set(item, rev);
    for (const oldest of this.#latest.keys()) {
      if (this.#latest.size <= this.#items) break;
      this.#latest.delete(oldest);
    }
  }
}
