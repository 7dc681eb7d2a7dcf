import type { Exposure } from '../shared/flags/cohort.ts';
import { murmur3 } from '../shared/flags/murmur3.ts';
import { isKey, isName } from './sendable.ts';

/** `POST /v1/behaviour`, times in epoch ms. */
export interface BehaviourBatch {
  readonly environment: string;
  readonly exposures: readonly { readonly flag: string; readonly key: string; readonly variation: string; readonly at: number }[];
  readonly events: readonly { readonly name: string; readonly key: string; readonly at: number; readonly value?: number }[];
}

/** Takes a batch over; rejects where it did not. */
export type SendBehaviour = (batch: BehaviourBatch, signal: AbortSignal) => Promise<void>;

/** Keys that are remembered of one flag, by hash; beyond that it begins anew, and tells some of them twice, which counts once. */
const MOST_KEYS = 200_000;
/** Exposures, and events, that wait to be sent. */
const MOST_WAITING = 5000;
/** What the API takes at once of each. */
const BATCH = 1000;

/** What experiments ask of a program: each key's first exposure, and what was tracked of it. Never waits, never fails. */
export class BehaviourLog {
  readonly #environment: string;
  readonly #send: SendBehaviour;
  readonly #seen = new Map<string, Set<number>>();
  #exposures: BehaviourBatch['exposures'][number][] = [];
  #events: BehaviourBatch['events'][number][] = [];

  constructor(environment: string, send: SendBehaviour) {
    this.#environment = environment;
    this.#send = send;
  }

  expose({ flag, key, cohort }: Exposure, at: number): void {
    // One that finds no room is told when its key comes again.
    if (this.#exposures.length >= MOST_WAITING || !isKey(key)) return;
    const seen = this.#seen.get(flag) ?? new Set<number>();
    this.#seen.set(flag, seen);
    const hash = murmur3(key);
    if (seen.has(hash)) return;
    if (seen.size >= MOST_KEYS) seen.clear();
    seen.add(hash);
    this.#exposures.push({ flag, key, variation: cohort, at });
  }

  track(event: BehaviourBatch['events'][number]): void {
    if (!isName(event.name) || !isKey(event.key)) return;
    this.#events.push(event);
    this.#bound();
  }

  /** These flags have changed: a key may have another variation now. */
  forget(flags: readonly string[]): void {
    for (const flag of flags) this.#seen.delete(flag);
  }

  /** Sends what waits; what is not taken is kept for the next time: false. */
  async flush(signal: AbortSignal): Promise<boolean> {
    while (this.#exposures.length + this.#events.length > 0) {
      const [exposures, events] = [this.#exposures.splice(0, BATCH), this.#events.splice(0, BATCH)];
      try {
        await this.#send({ environment: this.#environment, exposures, events }, signal);
      } catch {
        this.#exposures.unshift(...exposures);
        this.#events.unshift(...events);
        this.#bound();
        return false;
      }
    }
    return true;
  }

  #bound(): void {
    if (this.#events.length > MOST_WAITING) this.#events.splice(0, this.#events.length - MOST_WAITING);
  }
}
