import type { Clock } from '../shared/ports/clock.ts';
import type { Events, RunEvent } from '../shared/ports/events.ts';
import type { Value } from '../shared/ports/store.ts';
import type { ExecutionStore } from './asl/store/execution-store.ts';
import type { WiredRule } from './graph/wiring.ts';
import { matches } from './triggers.ts';

export interface BusOptions {
  readonly rules: readonly WiredRule[];
  /** Where deliveries outlive the process. */
  readonly store: ExecutionStore;
  /** Hears of every event at once, and keeps none. */
  readonly listeners: Events;
  readonly clock: Clock;
  /** Calls a function by its name; rejects with its error. */
  readonly invoke: (name: string, event: unknown) => Promise<unknown>;
  readonly onFault: (error: unknown) => void;
}

/** Pauses in ms before a call that failed is made again; after the last one the event is given up. */
const RETRIES = [1000, 5000, 30_000, 60_000, 300_000, 900_000] as const;
const PREFIX = 'due/';

interface Delivery {
  readonly function: string;
  readonly event: Value;
}

/** Hands events to the functions whose rules they fit, as an EventBridge bus does: at least once, also over a restart. */
export class Bus implements Events {
  readonly #options: BusOptions;
  readonly #stop = new AbortController();
  readonly #underWay = new Set<Promise<void>>();
  #count = 0;

  constructor(options: BusOptions) {
    this.#options = options;
  }

  /** Takes up what the last process could not hand over. */
  async start(): Promise<void> {
    for await (const [key, value] of this.#options.store.list(PREFIX)) this.#begin(key, value as unknown as Delivery);
  }

  /** Durable when it resolves; whom it calls is not waited for. */
  async publish(events: readonly RunEvent[]): Promise<void> {
    // First, and in the order of the writes: what comes after the disk could be overtaken by an event that nobody is called for.
    await this.#options.listeners.publish(events);
    const due = events.flatMap((event) => this.#deliveries(event)).map((delivery) => [this.#key(), delivery] as const);
    if (due.length > 0) {
      await this.#options.store.commit(due.map(([put, value]) => ({ put, value: value as unknown as Value })));
    }
    for (const [key, delivery] of due) this.#begin(key, delivery);
  }

  /** Waits for the calls that are under way; what is not handed over stays for the next start. */
  async close(): Promise<void> {
    this.#stop.abort();
    await Promise.allSettled(this.#underWay);
  }

  #deliveries(event: RunEvent): Delivery[] {
    const told = { source: 'slipway', 'detail-type': event.type, detail: event as unknown as Value };
    return this.#options.rules
      .filter(({ pattern }) => matches(pattern, told))
      .map((rule) => ({ function: rule.function, event: told }));
  }

  /** In the order of publishing, over restarts as well. */
  #key(): string {
    this.#count += 1;
    return `${PREFIX}${String(this.#options.clock.now()).padStart(15, '0')}-${process.pid}-${String(this.#count).padStart(9, '0')}`;
  }

  #begin(key: string, delivery: Delivery): void {
    const work = this.#deliver(key, delivery).catch(this.#options.onFault);
    this.#underWay.add(work);
    void work.finally(() => this.#underWay.delete(work));
  }

  async #deliver(key: string, delivery: Delivery): Promise<void> {
    const { clock, store, invoke, onFault } = this.#options;
    const { signal } = this.#stop;
    for (const pause of [...RETRIES, undefined]) {
      try {
        await invoke(delivery.function, delivery.event);
        break;
      } catch (error) {
        onFault(error);
      }
      if (pause !== undefined) await clock.sleep(pause, signal).catch(() => undefined);
      if (signal.aborted) return;
    }
    await store.commit([{ remove: key }]);
  }
}
