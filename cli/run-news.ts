import { eventStreams } from '../shared/api/event-stream.ts';
import type { Clock } from '../shared/ports/clock.ts';
import type { ApiClient } from './api-client.ts';
import { followEvents } from './follow-events.ts';

/** Between two looks where nothing tells of changes, ms. */
const POLL = 500;
/** Where a stream, or a poll of events, does, ms: for what it does not tell, such as time that has passed. */
const LOOK_ALL_THE_SAME = { stream: 2000, poll: 10_000 } as const;
/** What comes so soon after another is looked at with it, ms. */
const TOGETHER = 100;

export interface RunNewsOptions {
  /** As it is when it is asked: it may have come back at another address. */
  readonly client: () => ApiClient;
  readonly runId: string;
  readonly clock: Clock;
  /** Ends the listening. */
  readonly signal: AbortSignal;
}

/** Tells when it is time to look at a run again: on each of its events, else again and again. */
export class RunNews {
  readonly #options: RunNewsOptions;
  #arrival = Promise.withResolvers<void>();
  #between: number = POLL;

  constructor(options: RunNewsOptions) {
    this.#options = options;
    void this.#listen().catch(() => undefined);
  }

  /** Resolves when something may have changed, or after `most` ms. Rejects with the signal's reason. */
  async next(most: number, signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    const enough = new AbortController();
    const wait = clock.sleep(Math.min(this.#between, most), AbortSignal.any([signal, enough.signal]));
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
    const path = eventStreams.run.replace('{runId}', encodeURIComponent(runId));
    const onState = (state: 'stream' | 'poll' | 'lost') => {
      this.#between = state === 'lost' ? POLL : LOOK_ALL_THE_SAME[state];
    };
    try {
      for await (const _ of followEvents({ client, path, clock, signal, onState })) this.#arrival.resolve();
    } finally {
      this.#between = POLL;
    }
  }
}
