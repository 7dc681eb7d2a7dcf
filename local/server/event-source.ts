import type { HttpResponse } from '../../functions/middleware/http-event.ts';
import { eventId } from '../../shared/api/event-stream.ts';
import { runView } from '../../shared/api/run-view.ts';
import { timelinePage } from '../../shared/api/timeline.ts';
import type { RunEvent } from '../../shared/ports/events.ts';
import type { EventLog } from './event-log.ts';
import type { EventQueue } from './event-queue.ts';
import type { EventSource } from './event-stream.ts';

/** Asks the API as the reader could: `path` with its query. */
export type Ask = (path: string) => Promise<HttpResponse>;

export interface SourceOptions {
  readonly log: EventLog;
  readonly queue: EventQueue;
  readonly ask: Ask;
  readonly lastEventId: string | undefined;
  /** Called once, when the queue is to be filled from now on. */
  readonly subscribe: (wanted: (event: RunEvent) => boolean) => void;
}

/** An answer that is given instead of a stream. */
export class RefusedSource extends Error {
  readonly response: HttpResponse;

  constructor(response: HttpResponse) {
    super('The stream was refused.');
    this.response = response;
  }
}

/** An id is not remembered: this much before it is told again, ms. Writers stamp an event before they write it. */
const OVERLAP = 10_000;

/** All runs: from now on, or after an event that is remembered. */
export function allEvents({ log, queue, lastEventId, subscribe }: SourceOptions): EventSource {
  subscribe(() => true);
  const kept = lastEventId === undefined ? [] : log.after(lastEventId);
  const told = new Set<string>();
  if (kept) return { replay: kept, told, queue };
  const gap = { after: lastEventId ?? '', next: 'Read the timelines of the runs that matter.' };
  return { replay: [], told, queue, gap };
}

/** One run: from its first event, or after the one with that id. Throws RefusedSource. */
export async function runEvents(options: SourceOptions, runId: string): Promise<EventSource> {
  const { log, queue, ask, lastEventId, subscribe } = options;
  const path = `/v1/runs/${encodeURIComponent(runId)}`;
  const run = async () => runView.pick({ resting: true, status: true, rolledBack: true }).parse(await bodyOf(ask, path));
  await run();
  // Before anything is read, so that what happens meanwhile waits.
  subscribe((event) => event.runId === runId);
  const kept = lastEventId === undefined ? undefined : log.after(lastEventId);
  if (kept) return { replay: kept.filter((event) => event.runId === runId), told: new Set(), queue, runId, run };
  const timeline = await readTimeline(ask, `${path}/timeline`);
  const told = new Set(timeline.map(eventId));
  return { replay: lastEventId === undefined ? timeline : after(timeline, lastEventId), told, queue, runId, run };
}

async function readTimeline(ask: Ask, path: string): Promise<RunEvent[]> {
  const events = new Map<string, RunEvent>();
  let cursor = '';
  for (;;) {
    const page = timelinePage.parse(await bodyOf(ask, `${path}?limit=1000${cursor === '' ? '' : `&cursor=${cursor}`}`));
    for (const event of page.events) events.set(eventId(event), event as RunEvent);
    if (!page.more) return [...events.values()];
    cursor = page.cursor;
  }
}

/** Of the process that told it, nothing is known: rather twice than never. */
function after(timeline: readonly RunEvent[], lastEventId: string): readonly RunEvent[] {
  const last = timeline.find((event) => eventId(event) === lastEventId);
  if (!last) throw new RefusedSource(UNKNOWN_ID);
  return timeline.filter(({ at, item, rev }) => at >= last.at - OVERLAP && !(item === last.item && rev <= last.rev));
}

const UNKNOWN_ID: HttpResponse = {
  statusCode: 400,
  headers: { 'content-type': 'application/problem+json' },
  body: JSON.stringify({
    type: 'urn:slipway:problem:unknown-event',
    title: 'Last-Event-ID names no event of this run.',
    status: 400,
    code: 'UNKNOWN_EVENT',
    detail: 'Last-Event-ID names no event of this run.',
    next: 'Leave it out to read the whole run.',
  }),
};

async function bodyOf(ask: Ask, path: string): Promise<unknown> {
  const response = await ask(path);
  if (response.statusCode !== 200) throw new RefusedSource(response);
  return JSON.parse(response.body);
}
