import { createParser } from 'eventsource-parser';
import * as z from 'zod';
import { flagFeed, type TrackedBatch } from '../shared/flags/flag-feed.ts';
import type { Clock } from '../shared/ports/clock.ts';
import type { BehaviourBatch } from './behaviour-log.ts';
import { type FlagAnswer, FlagPages } from './flag-pages.ts';
import { within } from './within.ts';

/** Of an answer and of an event, bytes. */
const MOST_BYTES = 5_000_000;
/** The server speaks every 15 s at least; after that much silence the stream is dead. */
const SILENCE = 45_000;

export type Token = string | (() => string | Promise<string>);

export interface ControlPlaneOptions {
  /** Where the API is, without `/v1`. */
  readonly url: string;
  readonly token?: Token;
  readonly environment: string;
  /** For a request, ms. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly fetch: typeof fetch;
}

/** A guardrail has sent a flag back: what it is from now on. */
export interface TrippedFlag {
  readonly key: string;
  readonly definition: unknown;
}

/** How a stream ended: it worked and broke off, or there is none. */
export type StreamEnd = 'lost' | 'none';

/** The part of the API that evaluating flags needs. */
export class ControlPlane {
  readonly #options: ControlPlaneOptions;
  readonly #pages = new FlagPages();

  constructor(options: ControlPlaneOptions) {
    this.#options = options;
  }

  /**
   * Never rejects, unless the signal aborts. `etag` is that of an earlier answer: of the pages that are known by it, those that have
   * changed are read.
   */
  async readFlags(etag: string | undefined, signal: AbortSignal): Promise<FlagAnswer> {
    try {
      return await this.#pages.read(etag, (cursor, tag) => this.#page(cursor, tag, signal));
    } catch (error) {
      signal.throwIfAborted();
      return failure(`could not be read: ${reasonOf(error)}`);
    }
  }

  #page(cursor: string | undefined, etag: string | undefined, signal: AbortSignal): Promise<FlagAnswer> {
    const { environment, clock, timeoutMs } = this.#options;
    const asked = new URLSearchParams({ environment, ...(cursor === undefined ? {} : { cursor }) });
    return within(timeoutMs, clock, signal, async (limit) => {
      const response = await this.#ask(`/v1/flags?${asked}`, limit, etag === undefined ? {} : { 'if-none-match': etag });
      if (response.status === 304) return { status: 'unchanged' };
      if (response.status !== 200) {
        await response.body?.cancel();
        return failure(`answered ${response.status}`);
      }
      return this.#read(await textOf(response), response.headers.get('etag') ?? undefined);
    });
  }

  /** Calls `changed` when the stream stands, and whenever a flag of the environment may have changed. Ends when the stream does. */
  async watch(changed: (tripped?: TrippedFlag) => void, signal: AbortSignal): Promise<StreamEnd> {
    const { clock } = this.#options;
    const over = new AbortController();
    const both = AbortSignal.any([signal, over.signal]);
    let heard = new AbortController();
    const listen = () => {
      heard.abort();
      heard = new AbortController();
      clock.sleep(SILENCE, AbortSignal.any([both, heard.signal])).then(
        () => over.abort(),
        () => undefined,
      );
    };
    try {
      listen();
      const response = await this.#ask('/v1/events', both, { accept: 'text/event-stream' });
      const isStream = response.ok && response.headers.get('content-type')?.startsWith('text/event-stream');
      if (!isStream || !response.body) {
        await response.body?.cancel();
        return response.status >= 500 ? 'lost' : 'none';
      }
      changed();
      const parser = createParser({
        maxBufferSize: MOST_BYTES,
        onEvent: ({ event, data }) => this.#hear(event, data, changed),
      });
      for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
        listen();
        parser.feed(chunk);
      }
      return 'lost';
    } catch {
      signal.throwIfAborted();
      return 'lost';
    } finally {
      over.abort();
    }
  }

  /** Rejects where the batch was not taken. */
  send(batch: TrackedBatch, signal: AbortSignal): Promise<void> {
    return this.#post('/v1/metrics', batch, signal);
  }

  /** What experiments ask for; rejects where it was not taken. */
  tell(batch: BehaviourBatch, signal: AbortSignal): Promise<void> {
    return this.#post('/v1/behaviour', batch, signal);
  }

  async #post(path: string, batch: object, signal: AbortSignal): Promise<void> {
    const { url, clock, timeoutMs } = this.#options;
    await within(timeoutMs, clock, signal, async (limit) => {
      const response = await this.#options.fetch(`${url}${path}`, {
        method: 'POST',
        headers: { ...(await this.#authorization(limit)), 'content-type': 'application/json' },
        body: JSON.stringify(batch),
        redirect: 'error',
        signal: limit,
      });
      await response.body?.cancel();
      if (!response.ok) throw new Error(`The control plane answered ${response.status} to ${path}.`);
    });
  }

  /** A message with a name is about the stream itself: after a gap or a cut, anything may have changed. */
  #hear(event: string | undefined, data: string, changed: (tripped?: TrippedFlag) => void): void {
    const told = event === undefined || event === 'message' ? read(data) : undefined;
    const prefix = `FLAG#${this.#options.environment}#`;
    if (told === undefined) changed();
    else if (told.item?.startsWith(prefix)) changed(trippedFlag(told, told.item.slice(prefix.length)));
  }

  async #ask(path: string, signal: AbortSignal, headers: Readonly<Record<string, string>>): Promise<Response> {
    // A token goes to the host it was given for, so a redirect is no answer.
    return this.#options.fetch(`${this.#options.url}${path}`, {
      headers: { accept: 'application/json', ...headers, ...(await this.#authorization(signal)) },
      redirect: 'error',
      signal,
    });
  }

  async #authorization(signal: AbortSignal): Promise<Readonly<Record<string, string>>> {
    const { token } = this.#options;
    if (token === undefined) return {};
    return { authorization: `Bearer ${typeof token === 'string' ? token : await unlessAborted(signal, token)}` };
  }

  #read(text: string, etag: string | undefined): FlagAnswer {
    const parsed = flagFeed.safeParse(JSON.parse(text));
    if (!parsed.success) return failure('were answered in a form that is not known');
    const { environment } = parsed.data;
    if (environment !== this.#options.environment)
      return failure(`are those of another environment, ${JSON.stringify(environment)}`);
    return { status: 'changed', feed: parsed.data, etag };
  }
}

const eventOfFlag = z.object({
  type: z.string().optional(),
  item: z.string().optional(),
  data: z.object({ document: z.unknown().optional() }).optional(),
});
type EventOfFlag = z.output<typeof eventOfFlag>;

/** undefined: nobody knows what it says. */
function read(data: string): EventOfFlag | undefined {
  try {
    return eventOfFlag.safeParse(JSON.parse(data)).data;
  } catch {
    return undefined;
  }
}

/** Of all changes only a trip is in such a hurry that its event is believed; the others are asked for. */
const trippedFlag = ({ type, data }: EventOfFlag, key: string): TrippedFlag | undefined =>
  type === 'flagTripped' && data?.document !== undefined ? { key, definition: data.document } : undefined;

/** What somebody else's function answers, which need not listen to the signal. */
async function unlessAborted<T>(signal: AbortSignal, work: () => T | Promise<T>): Promise<T> {
  signal.throwIfAborted();
  let abort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason);
  });
  signal.addEventListener('abort', abort);
  try {
    return await Promise.race([work(), aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

const failure = (fact: string): FlagAnswer => ({ status: 'failed', reason: `The flags ${fact}.` });

export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}

async function textOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > MOST_BYTES) throw new Error(`there are more than ${MOST_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
