import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { eventId, type StreamCutOff, type StreamEnd, type StreamGap } from '../../shared/api/event-stream.ts';
import type { RunView } from '../../shared/api/run-view.ts';
import { timelineEvent } from '../../shared/api/timeline.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { RunEvent } from '../../shared/ports/events.ts';
import { hasEnded } from '../../shared/run/run-state.ts';
import type { EventQueue } from './event-queue.ts';

/** What one reader is told: first what has been, then what happens. */
export interface EventSource {
  readonly replay: readonly RunEvent[];
  /** Not to be told again, also where it comes once more. */
  readonly told: ReadonlySet<string>;
  readonly queue: EventQueue;
  /** Only events of this run. */
  readonly runId?: string;
  readonly gap?: StreamGap;
  /** The run as it is. Absent: the stream has no end of its own. */
  readonly run?: () => Promise<RunState>;
}

type RunState = Pick<RunView, 'resting' | 'status' | 'rolledBack'>;

/** The part of a ServerResponse that is used. */
export interface EventResponse extends Writable {
  writeHead(status: number, headers: Readonly<Record<string, string>>): unknown;
  flushHeaders(): void;
}

export interface StreamOptions {
  readonly clock: Clock;
  /** Aborts when the reader has left (with LEFT) or was too slow (with TOO_SLOW). */
  readonly signal: AbortSignal;
  /** Whether the reader may still be told: a stream lasts longer than a token may. */
  readonly opens: () => Promise<boolean>;
}

export const LEFT = Symbol('the reader has left');
export const TOO_SLOW = Symbol('the reader is too slow');

/** Thrown out of a stream that its token does not open any more. */
const SHUT = Symbol('the token opens nothing');

/** Of silence, ms. */
const HEARTBEAT = 15_000;
/** Between two looks at a run that has said that it is at its end, and has its locks to let go, ms. */
const LOOK_AGAIN = 250;
/** What a reader that was cut off has to read the reason, ms. */
const GRACE = 5000;

/** Tells a reader everything until it leaves, is too slow, or the run rests. Holds no more of it than the queue and one event. */
export async function streamEvents(response: EventResponse, source: EventSource, options: StreamOptions): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  response.flushHeaders();
  try {
    if (source.gap) await send(response, named('gap', source.gap), options);
    for (const event of source.replay) await send(response, message(event), options);
    const end = await untilEnd(response, source, options);
    await send(response, named('end', end satisfies StreamEnd), options);
    response.end();
  } catch (error) {
    if (error === SHUT) return cutOff(response, options.clock, EXPIRED);
    if (options.signal.reason === TOO_SLOW) return cutOff(response, options.clock, SLOW);
    if (!options.signal.aborted) throw error;
  }
}

async function untilEnd(response: EventResponse, source: EventSource, options: StreamOptions): Promise<StreamEnd> {
  const { queue, run, runId = '' } = source;
  let mayRest = true;
  let spokeAt = options.clock.now();
  for (;;) {
    if (!(await options.opens())) throw SHUT;
    for (const event of queue.takeAll()) {
      if (source.told.has(eventId(event))) continue;
      await send(response, message(event), options);
      spokeAt = options.clock.now();
      mayRest ||= event.item === 'RUN';
    }
    if (queue.length > 0) continue;
    const state: RunState | undefined = mayRest ? await run?.() : undefined;
    if (queue.length > 0) continue;
    if (state?.resting) return { runId, status: state.status };
    // Such a run rests as soon as its locks are free.
    mayRest = state !== undefined && hasEnded(state);
    await arrivalWithin(mayRest ? LOOK_AGAIN : HEARTBEAT, queue, options);
    if (queue.length > 0 || options.clock.now() - spokeAt < HEARTBEAT) continue;
    await send(response, ': heartbeat\n\n', options);
    spokeAt = options.clock.now();
    mayRest = true;
  }
}

/** Something waits, or the time is over. Rejects when the stream is over. */
async function arrivalWithin(ms: number, queue: EventQueue, { clock, signal }: StreamOptions): Promise<void> {
  const enough = new AbortController();
  try {
    await Promise.race([queue.arrival(), clock.sleep(ms, AbortSignal.any([signal, enough.signal]))]);
  } finally {
    enough.abort();
  }
}

async function send(response: EventResponse, text: string, { signal }: StreamOptions): Promise<void> {
  signal.throwIfAborted();
  if (!response.write(text)) await once(response, 'drain', { signal });
}

/** Says why, and leaves time to read it; then the connection goes, with whatever it held. */
async function cutOff(response: EventResponse, clock: Clock, why: StreamCutOff): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  response.end(named('cut-off', why));
  await clock.sleep(GRACE, gone.signal).catch(() => undefined);
  response.destroy();
}

const SLOW: StreamCutOff = {
  code: 'TOO_SLOW',
  detail: 'Events came faster than they were read.',
  next: 'Read on with the last id as Last-Event-ID.',
};
const EXPIRED: StreamCutOff = {
  code: 'UNAUTHENTICATED',
  detail: 'The token has expired or was revoked.',
  next: 'Read on with another token, and the last id as Last-Event-ID.',
};

const message = (event: RunEvent): string => `id: ${eventId(event)}\ndata: ${JSON.stringify(timelineEvent.parse(event))}\n\n`;
const named = (name: string, data: StreamEnd | StreamCutOff | StreamGap): string =>
  `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
