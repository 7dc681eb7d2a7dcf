import * as z from 'zod';
import { planReference } from '../plan/stored-plans.ts';
import { catchUp, lastTime, overlap, scheduledPlan, scheduleName } from '../schedules/schedule-state.ts';
import { reason } from './endpoint.ts';
import { environment } from './environment.ts';
import { planSource } from './plan-document.ts';

/** Which schedule. */
export const whichSchedule = { name: scheduleName, environment };

/** The revision that the caller saw, 0 for none; otherwise it is refused (SCHEDULE_REVISION). */
const ifRev = z.int().min(0).optional();
export const scheduleCommand = z.strictObject({ ...whichSchedule, reason: reason.default(''), ifRev });
/** From a query, where numbers are text. */
export const deleteScheduleInput = scheduleCommand.extend({ ifRev: z.coerce.number().int().min(0).optional() });

/** Epoch ms. */
const instant = z.number().int().min(0).max(7_258_118_400_000);

export const putScheduleInput = z.strictObject({
  ...whichSchedule,
  /** A plan, or one that is kept in its environment: `name`, `name@3` or `name@latest`. Left out: the plan that it has. */
  plan: z.union([planSource.plan, planReference]).optional(),
  baseDir: planSource.baseDir,
  /** `at(...)`, `rate(...)` or `cron(...)`, as EventBridge Scheduler takes it. */
  expression: z.string().max(256),
  /** Of IANA's. */
  timezone: z.string().max(50).default('UTC'),
  start: instant.optional(),
  end: instant.optional(),
  /** Its runs start within so many minutes after their time. */
  windowMinutes: z.number().int().min(0).max(1440).default(0),
  catchUp: catchUp.default('skip'),
  catchUpMost: z.number().int().min(1).max(100).default(10),
  overlap: overlap.default('skip'),
  reason: reason.default(''),
  ifRev,
});

export const scheduleView = z.object({
  environment: z.string(),
  name: z.string(),
  plan: scheduledPlan,
  expression: z.string(),
  timezone: z.string(),
  start: z.number().optional(),
  end: z.number().optional(),
  windowMinutes: z.number(),
  catchUp,
  catchUpMost: z.number(),
  overlap,
  /** `over`: it is never due again. */
  status: z.enum(['enabled', 'paused', 'over', 'deleted']),
  rev: z.number(),
  /** Who changed it last, and why. */
  changed: z.object({ actor: z.string(), reason: z.string(), at: z.number() }),
  last: lastTime.optional(),
  /** When it is due next, epoch ms; none while it is paused. */
  next: z.array(z.number()),
});
export type ScheduleView = z.output<typeof scheduleView>;
