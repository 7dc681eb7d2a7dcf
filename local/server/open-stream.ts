import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HttpResponse } from '../../functions/middleware/http-event.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { EventLog } from './event-log.ts';
import { EventQueue } from './event-queue.ts';
import { type Ask, allEvents, RefusedSource, runEvents } from './event-source.ts';
import { LEFT, streamEvents, TOO_SLOW } from './event-stream.ts';

export interface OpenStreamOptions {
  readonly log: EventLog;
  readonly clock: Clock;
  readonly ask: Ask;
  /** Whether the bearer's token still opens anything. */
  readonly opens: () => Promise<boolean>;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly onFault: (error: unknown) => void;
}

/** What may wait for one reader before it is cut off. */
const WAITING = { events: 2000, bytes: 4 * 1024 * 1024 };

/** Answers a request with a stream of the events of a run, or of all; or with the refusal that it answers. */
export async function openStream(options: OpenStreamOptions, runId: string | undefined): Promise<HttpResponse | undefined> {
  const { log, clock, ask, opens, request, response } = options;
  const over = new AbortController();
  const queue = new EventQueue(WAITING, () => over.abort(TOO_SLOW));
  let unsubscribe = () => {};
  over.signal.addEventListener('abort', () => unsubscribe(), { once: true });
  response.once('close', () => over.abort(LEFT));
  const source = {
    log,
    queue,
    ask,
    lastEventId: request.headers['last-event-id']?.toString(),
    subscribe: (wanted: Parameters<Parameters<typeof runEvents>[0]['subscribe']>[0]) => {
      unsubscribe = log.read((event, bytes) => wanted(event) && queue.push(event, bytes));
    },
  };
  try {
    const events = runId === undefined ? allEvents(source) : await runEvents(source, runId);
    await streamEvents(response, events, { clock, signal: over.signal, opens });
  } catch (error) {
    if (error instanceof RefusedSource && !response.headersSent) return error.response;
    if (!response.headersSent) throw error;
    // Too late for an answer: the reader comes again with its last id.
    if (!over.signal.aborted) options.onFault(error);
    response.destroy();
  } finally {
    unsubscribe();
  }
  return undefined;
}
