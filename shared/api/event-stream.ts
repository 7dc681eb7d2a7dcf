import * as z from 'zod';
import { runStatus } from '../run/run-state.ts';
import type { TimelineEvent } from './timeline.ts';

/**
 * Where events are told: as pages since a cursor, and, embedded, to whoever accepts text/event-stream as server-sent events. A message of those
 * without a name is a TimelineEvent; the named ones are below. On AWS an HTTP API cannot stream.
 */
export const eventStreams = { all: '/v1/events', run: '/v1/runs/{runId}/events' } as const;

/** `event: end`: the run rests, and the stream of its events is over. */
export const streamEnd = z.object({ runId: z.string(), status: runStatus });
export type StreamEnd = z.output<typeof streamEnd>;

/** `event: cut-off`: the reader was too slow, or its token opens nothing any more. Reading on after the last id loses nothing. */
export const streamCutOff = z.object({ code: z.enum(['TOO_SLOW', 'UNAUTHENTICATED']), detail: z.string(), next: z.string() });
export type StreamCutOff = z.output<typeof streamCutOff>;

/** `event: gap`: what came after that id is not remembered any more; the stream goes on with what happens now. */
export const streamGap = z.object({ after: z.string(), next: z.string() });
export type StreamGap = z.output<typeof streamGap>;

/** An event's `id:`, and what a reader gives as Last-Event-ID: `runId/item#rev`. */
export const eventId = ({ runId, item, rev }: Pick<TimelineEvent, 'runId' | 'item' | 'rev'>): string => `${runId}/${item}#${rev}`;
