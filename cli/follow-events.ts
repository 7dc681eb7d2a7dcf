import { createParser } from 'eventsource-parser';
import { eventPage, type TimelineEvent, timelineEvent } from '../shared/api/timeline.ts';
import type { Clock } from '../shared/ports/clock.ts';
import type { ApiClient } from './api-client.ts';
import { NoControlPlaneError } from './cli-errors.ts';

export interface FollowEventsOptions {
  /** As it is when it is asked: it may have come back at another address. */
  readonly client: () => ApiClient;
  /** One of the paths of shared/api/event-stream.ts. */
  readonly path: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Whether nothing more is to come; asked where the control plane has no stream, which would end by itself. */
  readonly over?: () => Promise<boolean>;
  /** How they are told from now on, or that the connection broke and is tried again. */
  readonly onState?: (state: 'stream' | 'poll' | 'lost') => void;
  /** The control plane does not remember what came between. */
  readonly onGap?: () => void;
}

/** Before a stream that broke is opened again, ms. */
const AGAIN_AFTER = 1000;
/** Between two polls while something happens; each that tells nothing makes it longer, ms. */
const SOON = 1000;
const LATE = 5000;
const LONGER = 1.5;
/** A run may rest a while after its last event, ms. */
const ASK_ALL_THE_SAME = 5000;
/** Of silence on a stream, which has a heartbeat every 15 s, ms. */
const SILENCE = 45_000;
/** For how long a control plane that does not answer is asked again, ms: it may be starting again. */
const PATIENCE = 60_000;
const BUSY = new Set([429, 502, 503, 504]);

/** Where the following is: what was told, and how to go on. */
interface Place {
  /** The last revision of each item. */
  readonly told: Map<string, number>;
  lastId?: string;
  cursor?: string;
  etag?: string;
  wait: number;
  /** It was over when it was asked last. */
  over: boolean;
  /** Something was told since that may be its end. */
  mayBeOver: boolean;
  askAt: number;
  /** Since when nobody answers. */
  lostAt: number;
}

/**
 * Events as they happen, each once, those of an item in order: by a stream where the control plane offers one, by polls where it does not (an HTTP
 * API of AWS has none). A connection that breaks is taken up where it was, without loss or repeat, for as long as `signal` lets it.
 * Throws what the control plane refuses, and NoControlPlaneError where none answers for a minute.
 */
export async function* followEvents(options: FollowEventsOptions): AsyncGenerator<readonly TimelineEvent[], void> {
  const place: Place = { told: new Map(), wait: SOON, over: false, mayBeOver: true, askAt: 0, lostAt: options.clock.now() };
  for (;;) {
    const response = await opened(options, place);
    if (response?.headers.get('content-type')?.startsWith('text/event-stream') && response.body) {
      options.onState?.('stream');
      if (yield* fromStream(response.body, place, options)) return;
      options.onState?.('lost');
      await options.clock.sleep(AGAIN_AFTER, options.signal);
    } else if (response) {
      options.onState?.('poll');
      if (yield* fromPage(response, place, options)) return;
    } else {
      options.onState?.('lost');
      await options.clock.sleep(AGAIN_AFTER, options.signal);
    }
  }
}

/** Undefined: nobody answered, or was too busy. */
async function opened({ client, path, signal, clock }: FollowEventsOptions, place: Place): Promise<Response | undefined> {
  const { cursor, etag, lastId } = place;
  const polls = cursor !== undefined;
  const headers = {
    accept: polls ? 'application/json' : 'text/event-stream, application/json;q=0.5',
    ...(polls && etag !== undefined ? { 'if-none-match': etag } : {}),
    ...(!polls && lastId !== undefined ? { 'last-event-id': lastId } : {}),
  };
  const at = client();
  let response: Response;
  try {
    response = await at.read(polls ? `${path}?since=${encodeURIComponent(cursor)}` : path, headers, signal);
  } catch (error) {
    if (!(error instanceof NoControlPlaneError) || clock.now() >= place.lostAt + PATIENCE) throw error;
    return undefined;
  }
  place.lostAt = clock.now();
  if (response.ok || response.status === 304) return response;
  if (!BUSY.has(response.status)) throw await at.refusalOf(response);
  await response.body?.cancel();
  return undefined;
}

/** True: it is over. */
async function* fromPage(
  response: Response,
  place: Place,
  { over, clock, signal }: FollowEventsOptions,
): AsyncGenerator<readonly TimelineEvent[], boolean> {
  const page = response.status === 304 ? undefined : eventPage.parse(await response.json());
  if (page) {
    place.cursor = page.cursor;
    place.etag = response.headers.get('etag') ?? '';
  }
  const events = page?.events.filter((event) => isNew(place, event)) ?? [];
  if (events.length > 0) yield events;
  place.wait = events.length > 0 ? SOON : Math.min(place.wait * LONGER, LATE);
  place.mayBeOver ||= events.some(({ item }) => item === 'RUN');
  if (page?.more) return false;
  if (events.length === 0 && place.over) return true;
  const ask = over !== undefined && (place.mayBeOver || clock.now() >= place.askAt);
  place.over = ask && (await over());
  // What came before its end is told by one more poll.
  if (place.over) return false;
  if (ask) {
    place.askAt = clock.now() + ASK_ALL_THE_SAME;
    place.mayBeOver = false;
  }
  await clock.sleep(place.wait, signal);
  return false;
}

/** True: it is over; false: it broke. */
async function* fromStream(
  body: NonNullable<Response['body']>,
  place: Place,
  { clock, signal, onGap }: FollowEventsOptions,
): AsyncGenerator<readonly TimelineEvent[], boolean> {
  let arrived: TimelineEvent[] = [];
  let ended = false;
  const parser = createParser({
    onEvent: ({ event: name, data, id }) => {
      if (name === 'end') ended = true;
      if (name === 'gap') onGap?.();
      if (name !== undefined) return;
      const event = timelineEvent.parse(JSON.parse(data));
      place.lastId = id ?? place.lastId ?? '';
      if (isNew(place, event)) arrived.push(event);
    },
  });
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  try {
    for (;;) {
      const read = await withinSilence(reader.read(), clock, signal).catch(() => signal.throwIfAborted());
      if (!read || read.done) return ended;
      parser.feed(read.value);
      if (arrived.length > 0) yield arrived;
      arrived = [];
      if (ended) return true;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

async function withinSilence<T>(read: Promise<T>, clock: Clock, signal: AbortSignal): Promise<T | undefined> {
  const enough = new AbortController();
  const silence = clock.sleep(SILENCE, AbortSignal.any([signal, enough.signal])).then(() => undefined);
  try {
    return await Promise.race([read, silence]);
  } finally {
    enough.abort();
    silence.catch(() => undefined);
  }
}

function isNew({ told }: Place, { runId, item, rev }: TimelineEvent): boolean {
  const name = `${runId}/${item}`;
  if (rev <= (told.get(name) ?? 0)) return false;
  told.set(name, rev);
  return true;
}
