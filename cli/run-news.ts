import type { Clock } from '../shared/ports/clock.ts';
import type { ApiClient } from './api-client.ts';

/** Between two looks where nothing tells of changes, ms. */
const POLL = 500;
/** Where a stream does, ms: for what it may have missed. */
const LOOK_ALL_THE_SAME = 2000;
/** What comes so soon after another is looked at with it, ms. */
const TOGETHER = 100;
/** Before a stream that broke is opened again, ms. */
const AGAIN_AFTER = 1000;

export interface RunNewsOptions {
  /** As it is when it is asked: it may have come back at another address. */
  readonly client: () => ApiClient;
  readonly runId: string;
  readonly clock: Clock;
  /** Ends the listening. */
  readonly signal: AbortSignal;
}

/** Tells when it is time to look at a run again: on each of its events where the control plane has a stream of them, else again and again. */
export class RunNews {
  readonly #options: RunNewsOptions;
  #arrival = Promise.withResolvers<void>();
  #hears = false;

  constructor(options: RunNewsOptions) {
    this.#options = options;
    void this.#listen().catch(() => undefined);
  }

  /** Resolves when something may have changed, or after `most` ms. Rejects with the signal's reason. */
  async next(most: number, signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    const enough = new AbortController();
    const wait = clock.sleep(Math.min(this.#hears ? LOOK_ALL_THE_SAME : POLL, most), AbortSignal.any([signal, enough.signal]));
    const heard = this.#arrival.promise.then(() => 'heard' as const);
    const first = await Promise.race([heard, wait]);
    enough.abort();
    if (first !== 'heard') return;
    wait.catch(() => undefined);
    await clock.sleep(Math.min(TOGETHER, most), signal);
    this.#arrival = Promise.withResolvers<void>();
  }

  async #listen(): Promise<void> {
    const { client, runId, clock, signal } = this.#options;
    for (;;) {
      const outcome = await client().listen(runId, () => this.#hear(), signal);
      this.#hears = false;
      if (outcome === 'none') return;
      await clock.sleep(AGAIN_AFTER, signal);
    }
  }

  #hear(): void {
    this.#hears = true;
    this.#arrival.resolve();
  }
}
