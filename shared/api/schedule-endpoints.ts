import * as z from 'zod';
import { endpoint } from './endpoint.ts';
import { environment } from './environment.ts';
import { SAMPLE_EVENT, SAMPLE_PLAN, SAMPLE_RUN, SAMPLE_RUN_ID } from './samples.ts';
import {
  deleteScheduleInput,
  putScheduleInput,
  type ScheduleView,
  scheduleCommand,
  scheduleView,
  whichSchedule,
} from './schedules.ts';
import { timelineEvent } from './timeline.ts';

const count = z.coerce.number().int().min(0).max(100);

const AT = SAMPLE_RUN.createdAt;
const view: ScheduleView = {
  environment: 'production',
  name: 'nightly',
  plan: { ...SAMPLE_RUN.plan, target: SAMPLE_RUN.target },
  expression: 'cron(30 2 * * ? *)',
  timezone: 'Europe/Berlin',
  windowMinutes: 15,
  catchUp: 'once',
  catchUpMost: 10,
  overlap: 'skip',
  status: 'enabled',
  rev: 1,
  changed: { actor: 'ann', reason: 'refresh the copy', at: AT },
  last: { at: AT + 5_400_000, runId: SAMPLE_RUN_ID },
  next: [AT + 91_800_000],
};
const which = { name: 'nightly', environment: 'production' };
const told = { input: { ...which, reason: 'the source is being moved', ifRev: 1 } };
const refuses = ['SCHEDULE_NOT_FOUND', 'SCHEDULE_REVISION', 'SCHEDULER_FAILED'];

/** The API of schedules. */
export const scheduleEndpoints = {
  'list-schedules': endpoint(
    'GET /v1/schedules',
    z.strictObject({ environment }),
    z.object({ environment: z.string(), schedules: z.array(scheduleView) }),
    {
      role: 'viewer',
      of: 'environment',
      refuses: [],
      example: { input: { environment: 'production' }, output: { environment: 'production', schedules: [view] } },
    },
  ),
  'get-schedule': endpoint(
    'GET /v1/schedules/{name}',
    /** `next`: so many of the times at which it is due next. */
    z.strictObject({ ...whichSchedule, next: count.default(5) }),
    scheduleView,
    {
      role: 'viewer',
      of: 'environment',
      refuses: ['SCHEDULE_NOT_FOUND'],
      example: { input: { ...which, next: 1 }, output: view },
    },
  ),
  'put-schedule': endpoint('PUT /v1/schedules/{name}', putScheduleInput, scheduleView, {
    role: 'operator',
    of: 'environment',
    refuses: [
      'PLAN_INVALID',
      'PLAN_NOT_FOUND',
      'PREPARATION_FAILED',
      'SCHEDULE_INVALID',
      'SCHEDULE_REVISION',
      'SCHEDULER_FAILED',
    ],
    example: {
      input: {
        ...which,
        plan: SAMPLE_PLAN,
        expression: view.expression,
        timezone: view.timezone,
        windowMinutes: 15,
        catchUp: 'once',
        reason: 'refresh the copy',
      },
      output: view,
    },
  }),
  'delete-schedule': endpoint('DELETE /v1/schedules/{name}', deleteScheduleInput, scheduleView, {
    role: 'operator',
    of: 'environment',
    refuses,
    example: { ...told, output: { ...view, status: 'deleted', rev: 2, next: [] } },
  }),
  'pause-schedule': endpoint('POST /v1/schedules/{name}/pause', scheduleCommand, scheduleView, {
    role: 'operator',
    of: 'environment',
    refuses,
    example: { ...told, output: { ...view, status: 'paused', rev: 2, next: [] } },
  }),
  'resume-schedule': endpoint('POST /v1/schedules/{name}/resume', scheduleCommand, scheduleView, {
    role: 'operator',
    of: 'environment',
    refuses: [...refuses, 'SCHEDULE_INVALID'],
    example: { ...told, output: { ...view, rev: 2 } },
  }),
  'get-schedule-history': endpoint(
    'GET /v1/schedules/{name}/history',
    z.strictObject(whichSchedule),
    z.object({ events: z.array(timelineEvent) }),
    {
      role: 'viewer',
      of: 'environment',
      refuses: ['SCHEDULE_NOT_FOUND'],
      example: { input: which, output: { events: [SAMPLE_EVENT] } },
    },
  ),
} as const;
