import * as z from 'zod';
import { storedEvent } from '../run/run-state.ts';

export const timelineEvent = storedEvent.extend({
  runId: z.string(),
  /** `RUN`, `COMPONENT#name` or `SEGMENT#component#n`. */
  item: z.string(),
});
export type TimelineEvent = z.output<typeof timelineEvent>;

/** What a poll answers: what has happened since its cursor, and the cursor of the next. */
export const eventPage = z.object({
  events: z.array(timelineEvent),
  /** Opaque. */
  cursor: z.string(),
  /** There is more at once. */
  more: z.boolean(),
});

export const timelinePage = z.object({
  /** By time. */
  events: z.array(timelineEvent),
  /** Give it to the next call to read on, also at the end: then it reads what has happened since. */
  cursor: z.string(),
  more: z.boolean(),
  /** Where the hash chain of an item does not hold: somebody changed or removed an event. */
  broken: z.array(z.object({ item: z.string(), rev: z.number() })),
});
