import * as z from 'zod';
import { ScheduleInvalidError } from '../errors/schedule-errors.ts';
import type { Item } from '../ports/store.ts';
import { readable, storedEvent } from '../run/run-state.ts';
import { readExpression } from './expression.ts';
import type { Timing } from './occurrences.ts';

const NAME = 'must be 1 to 31 of a-z, 0-9 and -, with a letter or digit first';
export const scheduleName = z.string({ error: NAME }).regex(/^[a-z0-9][a-z0-9-]{0,30}$/, NAME);

/** What is done with times that were missed. */
export const catchUp = z.enum(['skip', 'once', 'all']);
/** What is done where the run before is not over. */
export const overlap = z.enum(['skip', 'queue']);

/** How the last time went that was dealt with. */
export const lastTime = z.object({
  /** Epoch ms. */
  at: z.number(),
  runId: z.string().optional(),
  /** Why no run was started. */
  skipped: z.string().optional(),
});

/** What it runs: a plan that was given, or one that is kept, of which the digest is that of when the schedule was put. */
export const scheduledPlan = z.object({
  name: z.string(),
  digest: z.string(),
  target: z.string(),
  /** Of a plan that is kept; `latest`: whatever is the latest at each of its times. */
  version: z.union([z.int(), z.literal('latest')]).exactOptional(),
});

export const scheduleState = z.object({
  environment: z.string(),
  name: z.string(),
  plan: scheduledPlan,
  baseDir: z.string().optional(),
  expression: z.string(),
  zone: z.string(),
  anchor: z.number(),
  start: z.number().optional(),
  end: z.number().optional(),
  windowMinutes: z.number(),
  catchUp,
  /** Of missed times, the newest so many are caught up with (`all`). */
  catchUpMost: z.number(),
  overlap,
  /** `over`: nothing is due any more. */
  status: z.enum(['enabled', 'paused', 'over', 'deleted']),
  /** Every time up to this instant is dealt with, or is pending. */
  cursor: z.number(),
  /** Times that were claimed, whose runs are not known to be started. */
  pending: z.array(z.number()),
  last: lastTime.optional(),
  lastRunId: z.string().optional(),
  /** Grows with each change that a person makes. */
  version: z.number(),
  actor: z.string(),
  reason: z.string(),
  changedAt: z.number(),
  rev: z.number(),
  lastEvent: storedEvent.optional(),
});
export type ScheduleState = z.output<typeof scheduleState>;

export const readSchedule = (item: Item): ScheduleState => scheduleState.parse(readable(item));

/** Throws ScheduleInvalidError for what is no expression, or no zone. */
export function timingOf(schedule: Pick<ScheduleState, 'expression' | 'zone' | 'anchor' | 'start' | 'end'>): Timing {
  const { expression, zone, anchor, start, end } = schedule;
  const read = readExpression(expression, zone);
  if (read.ok) return { expression: read.expression, zone, anchor, start, end };
  throw new ScheduleInvalidError(`${read.problem}.`, { next: 'Correct it; nothing was written.' });
}
