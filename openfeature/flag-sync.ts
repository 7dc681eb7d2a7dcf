import { changedFlags } from '../shared/flags/changed-flags.ts';
import type { FlagDocument } from '../shared/flags/flag-document.ts';
import type { FlagFeed } from '../shared/flags/flag-feed.ts';
import type { FlagSet } from '../shared/flags/flag-set.ts';
import { readFlags } from '../shared/flags/read-flags.ts';
import type { Clock } from '../shared/ports/clock.ts';
import { type ControlPlane, reasonOf, type TrippedFlag } from './control-plane.ts';
import type { FlagCache } from './flag-cache.ts';

/** What happens to the flags, for whoever evaluates them. */
export type Notice =
  | { readonly kind: 'ready' }
  | { readonly kind: 'changed'; readonly flagsChanged: string[] }
  /** The last good flags go on being used. */
  | { readonly kind: 'stale'; readonly message: string }
  | { readonly kind: 'error'; readonly message: string };

export interface SyncOptions {
  readonly environment: string;
  readonly source: Pick<ControlPlane, 'readFlags' | 'watch'>;
  readonly cache: FlagCache | undefined;
  /** Between two looks, ms; a quarter of it is left to chance, so that clients do not all ask at once. */
  readonly pollMs: number;
  readonly stream: boolean;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly tell: (notice: Notice) => void;
}

/** Between two attempts at a stream, ms: after it was lost, and where there is none, as on AWS. */
const RECONNECT = 1000;
const NO_STREAM = 300_000;

interface Good {
  readonly document: FlagDocument;
  readonly flags: FlagSet;
  readonly etag: string | undefined;
}

/** Keeps one good copy of an environment's flags: asks again and again, listens, and survives outages and restarts. */
export class FlagSync {
  readonly #options: SyncOptions;
  readonly #closing = new AbortController();
  #good: Good | undefined;
  #isStale = false;
  /** Trips that were heard of: an answer that was asked for before the last of them is old. */
  #trips = 0;
  #nudge = new AbortController();
  #loops: Promise<unknown> = Promise.resolve();

  constructor(options: SyncOptions) {
    this.#options = options;
  }

  /** undefined: none was ever read. */
  get document(): FlagDocument | undefined {
    return this.#good?.document;
  }

  get flags(): FlagSet | undefined {
    return this.#good?.flags;
  }

  /** Resolves with flags to evaluate, from the control plane or else from disk. Rejects without any, and goes on trying. */
  async start(): Promise<void> {
    const { signal } = this.#closing;
    await this.#readCache();
    const failure = await this.#refresh(true);
    this.#loops = Promise.all([this.#poll(signal), this.#options.stream ? this.#listen(signal) : undefined]).catch(
      () => undefined,
    );
    if (!this.#good) {
      this.#isStale = true;
      throw new Error(failure ?? 'The flags could not be read.');
    }
    // OpenFeature says ready when this has resolved; only then may it hear that the flags are stale.
    if (failure !== undefined) setImmediate(() => this.#outage(failure));
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#loops;
  }

  async #poll(signal: AbortSignal): Promise<void> {
    const { clock, pollMs, random } = this.#options;
    while (!signal.aborted) {
      const nudged = this.#nudge.signal;
      await clock.sleep(pollMs * (0.75 + 0.25 * random()), AbortSignal.any([signal, nudged])).catch((error: unknown) => {
        if (signal.aborted || !nudged.aborted) throw error;
      });
      this.#nudge = new AbortController();
      const failure = await this.#refresh(false);
      if (failure !== undefined) this.#outage(failure);
    }
  }

  async #listen(signal: AbortSignal): Promise<void> {
    const { clock, source, random } = this.#options;
    while (!signal.aborted) {
      const end = await source.watch((tripped) => {
        if (tripped) this.#sendBack(tripped);
        this.#nudge.abort();
      }, signal);
      await clock.sleep((end === 'lost' ? RECONNECT : NO_STREAM) * (1 + random()), signal);
    }
  }

  /** What is known is older, or newer, than the trip: so all of it is asked for anew. A document that cannot be taken waits for that. */
  #sendBack({ key, definition }: TrippedFlag): void {
    if (!this.#good) return;
    this.#trips += 1;
    const { environment } = this.#options;
    const { document } = this.#good;
    const flags = { ...document, flags: { ...document.flags, [key]: definition } };
    this.#take({ environment, flags, rev: 0 }, undefined, false);
  }

  /** What went wrong, in a sentence; undefined: nothing. */
  async #refresh(isFirst: boolean): Promise<string | undefined> {
    const trips = this.#trips;
    const answer = await this.#options.source.readFlags(this.#good?.etag, this.#closing.signal);
    if (trips !== this.#trips) return undefined;
    if (answer.status === 'failed') return answer.reason;
    if (answer.status === 'changed') {
      const problem = this.#take(answer.feed, answer.etag, isFirst);
      if (problem !== undefined) return problem;
      await this.#writeCache(answer.feed, answer.etag);
    }
    if (this.#isStale) {
      this.#isStale = false;
      this.#options.tell({ kind: 'ready' });
    }
    return undefined;
  }

  #outage(message: string): void {
    const wasStale = this.#isStale;
    this.#isStale = true;
    if (!wasStale) this.#options.tell(this.#good ? { kind: 'stale', message } : { kind: 'error', message });
  }

  /** Takes a document over whole, or says why not. */
  #take(feed: FlagFeed, etag: string | undefined, isFirst: boolean): string | undefined {
    const { clock, environment, tell } = this.#options;
    const read = readFlags(feed.flags, { now: clock.now, environment });
    if (!read.ok) return `The flags are refused: ${read.problems.map(({ message }) => message).join(' ')}`;
    const before = this.#good;
    this.#good = { document: read.document, flags: read.flags, etag };
    const flagsChanged = changedFlags(before?.document, read.document);
    if ((before || !isFirst) && flagsChanged.length > 0) tell({ kind: 'changed', flagsChanged });
    return undefined;
  }

  async #readCache(): Promise<void> {
    try {
      const cached = await this.#options.cache?.read();
      const problem = cached && this.#take(cached.feed, cached.etag, true);
      if (problem !== undefined) throw new Error(problem);
    } catch (error) {
      this.#options.tell({ kind: 'error', message: `The flags on disk cannot be used and are ignored: ${reasonOf(error)}` });
    }
  }

  async #writeCache(feed: FlagFeed, etag: string | undefined): Promise<void> {
    try {
      await this.#options.cache?.write({ feed, ...(etag === undefined ? {} : { etag }) });
    } catch (error) {
      this.#options.tell({ kind: 'error', message: `The flags cannot be kept on disk: ${reasonOf(error)}` });
    }
  }
}
