import type { Exposure } from '../shared/flags/cohort.ts';
import type { TrackedBatch, TrackedEvent } from '../shared/flags/flag-feed.ts';
import type { Clock } from '../shared/ports/clock.ts';
import type { BehaviourLog } from './behaviour-log.ts';
import type { Exposures } from './exposures.ts';
import { isKey, isName } from './sendable.ts';

/** Takes tracked events over; rejects where it did not. */
export type SendTracked = (batch: TrackedBatch, signal: AbortSignal) => Promise<void>;

export interface TrackingOptions {
  readonly environment: string;
  readonly send: SendTracked;
  /** Between two batches, ms. */
  readonly everyMs: number;
  readonly clock: Clock;
  /** Handed on with the events. */
  readonly exposures?: Exposures;
  /** What experiments ask for, sent at the same times. */
  readonly behaviour?: BehaviourLog;
}

/** Events that are kept while nobody takes them: the oldest go first, and are counted. */
const MOST = 1000;

/** Metrics that the API takes at once. */
const BATCH = 1000;

/** The longest pause after several batches that were not taken, ms. */
const LONGEST_PAUSE = 60_000;

const canBeSent = ({ name, key, attributes = {} }: TrackedEvent): boolean =>
  isName(name) &&
  (key === undefined || isKey(key)) &&
  Object.entries(attributes).every((words) => words.every((word) => typeof word !== 'string' || word.isWellFormed()));

/** Hands tracked events on in batches. Tracking never waits and never fails. */
export class Tracking {
  readonly #options: TrackingOptions;
  readonly #closing = new AbortController();
  #events: TrackedEvent[] = [];
  #dropped = 0;
  #loop: Promise<void> | undefined;

  constructor(options: TrackingOptions) {
    this.#options = options;
  }

  add(event: TrackedEvent): void {
    if (this.#closing.signal.aborted) return;
    if (canBeSent(event)) this.#events.push(event);
    else this.#dropped += 1;
    this.#bound();
    this.#begin();
  }

  expose(exposure: Exposure): void {
    if (this.#closing.signal.aborted) return;
    this.#options.exposures?.count(exposure);
    this.#begin();
  }

  /** Something waits that others have noted. */
  wake(): void {
    if (!this.#closing.signal.aborted) this.#begin();
  }

  #begin(): void {
    this.#loop ??= this.#run(this.#closing.signal).catch(() => undefined);
  }

  /** Hands on what is left, once. */
  async close(signal: AbortSignal): Promise<void> {
    this.#closing.abort();
    await this.#loop;
    await this.#flushAll(signal);
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { clock, everyMs } = this.#options;
    let pause = everyMs;
    let failures = 0;
    while (!signal.aborted) {
      await clock.sleep(pause, signal);
      failures = (await this.#flushAll(signal)) ? 0 : failures + 1;
      // Whoever may not send would be refused, and written down as such, every few seconds.
      pause = Math.max(everyMs, Math.min(LONGEST_PAUSE, everyMs * 2 ** (failures - 1)));
    }
  }

  async #flushAll(signal: AbortSignal): Promise<boolean> {
    const isTaken = await this.#flush(signal);
    return ((await this.#options.behaviour?.flush(signal)) ?? true) && isTaken;
  }

  /** What is not taken is kept for the next time: false. */
  async #flush(signal: AbortSignal): Promise<boolean> {
    const { environment, exposures, clock } = this.#options;
    const data = exposures?.take(clock.now(), BATCH) ?? [];
    if (this.#events.length === 0 && data.length === 0) return true;
    const events = this.#events;
    const dropped = this.#dropped;
    this.#events = [];
    this.#dropped = 0;
    try {
      await this.#options.send({ environment, events, dropped, ...(data.length > 0 && { data }) }, signal);
    } catch {
      exposures?.giveBack(data);
      this.#events = [...events, ...this.#events];
      this.#dropped += dropped;
      this.#bound();
      return false;
    }
    return data.length < BATCH || this.#flush(signal);
  }

  #bound(): void {
    const excess = this.#events.length - MOST;
    if (excess <= 0) return;
    this.#events.splice(0, excess);
    this.#dropped += excess;
  }
}
