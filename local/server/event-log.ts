import { eventId } from '../../shared/api/event-stream.ts';
import type { RunEvent } from '../../shared/ports/events.ts';

export interface EventLogOptions {
  /** The most events that are kept, and the most bytes of them; beyond either the older half goes. */
  readonly events?: number;
  readonly bytes?: number;
  /** Of how many items the last revision is remembered: an event of an older one has been told. */
  readonly items?: number;
}

/** `bytes`: about what the event takes as JSON. */
export type LogReader = (event: RunEvent, bytes: number) => void;

interface Kept {
  readonly event: RunEvent;
  readonly bytes: number;
}

/**
 * What this process has published of late: each event once, in one order for all readers. Writers publish an item's last event
 * again when they take the item up; those repeats end here.
 */
export class EventLog {
  readonly #limit: { readonly events: number; readonly bytes: number };
  readonly #items: number;
  #kept: Kept[] = [];
  #bytes = 0;
  readonly #latest = new Map<string, number>();
  readonly #readers = new Set<LogReader>();

  constructor({ events = 20_000, bytes = 16 * 1024 * 1024, items = 20_000 }: EventLogOptions = {}) {
    this.#limit = { events, bytes };
    this.#items = items;
  }

  /** For the emitter's subscription. */
  readonly take = (event: RunEvent): void => {
    const item = `${event.runId}/${event.item}`;
    const latest = this.#latest.get(item);
    if (latest !== undefined && event.rev <= latest) return;
    this.#remember(item, event.rev);
    const bytes = BESIDE_DATA + JSON.stringify(event.data).length;
    this.#keep({ event, bytes });
    for (const reader of this.#readers) reader(event, bytes);
  };

  /** Every event from now on. Answers a function that ends it. */
  read(reader: LogReader): () => void {
    this.#readers.add(reader);
    return () => {
      this.#readers.delete(reader);
    };
  }

  /** What was published after an event; undefined: that one is not among those kept. */
  after(id: string): readonly RunEvent[] | undefined {
    const at = this.#kept.findLastIndex(({ event }) => eventId(event) === id);
    return at === -1 ? undefined : this.#kept.slice(at + 1).map(({ event }) => event);
  }

  #keep(one: Kept): void {
    this.#kept.push(one);
    this.#bytes += one.bytes;
    if (this.#kept.length <= this.#limit.events && this.#bytes <= this.#limit.bytes) return;
    this.#kept = this.#kept.slice(Math.ceil(this.#kept.length / 2));
    this.#bytes = this.#kept.reduce((sum, { bytes }) => sum + bytes, 0);
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

/** What an event takes beside its data, about. */
const BESIDE_DATA = 300;
