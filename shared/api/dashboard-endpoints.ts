import * as z from 'zod';
import { rollbackCause, rollbackOutcome, rollbackRecord } from '../run/rollback-record.ts';
import { dashboard, dashboardInput } from './dashboard.ts';
import { component, endpoint, page } from './endpoint.ts';
import { environment } from './environment.ts';
import { SAMPLE_COMPONENT, SAMPLE_HEALTH, SAMPLE_RUN, SAMPLE_RUN_ID } from './samples.ts';

const SAMPLE_ROLLBACK: z.input<typeof rollbackRecord> = {
  runId: SAMPLE_RUN_ID,
  plan: 'cities',
  target: SAMPLE_RUN.target,
  environment: 'production',
  outcome: 'done',
  cause: 'guardrail',
  by: 'slipway',
  reason: 'errors in search: 4.2 % > 1 %',
  startedAt: SAMPLE_RUN.updatedAt,
  attempts: 1,
  endedAt: SAMPLE_RUN.updatedAt + 2400,
  seconds: 2.4,
  components: [SAMPLE_COMPONENT],
  rolledBack: [SAMPLE_COMPONENT],
  kept: [],
  notUndone: [],
};
const SAMPLE_TREND = {
  ...{ hours: 24, started: 12, succeeded: 10, rolledBack: 1, failed: 1, successRate: 11 / 12 },
  ...{ medianSeconds: 42.5, p95Seconds: 310, perHour: 0.5, whole: true },
};

/** The API of the whole: what a screen shows, and what was taken back. */
export const dashboardEndpoints = {
  'get-dashboard': endpoint('GET /v1/dashboard', dashboardInput, dashboard, {
    role: 'viewer',
    of: 'environment',
    refuses: [],
    example: {
      input: { environment: 'production' },
      output: {
        environment: 'production',
        health: SAMPLE_HEALTH,
        active: {
          runs: [
            {
              ...SAMPLE_RUN,
              phases: [{ name: 'copy', done: 0, total: 1 }],
              components: [{ name: SAMPLE_COMPONENT, kind: 'batch', phase: 'copy', status: 'working' }],
            },
          ],
          more: false,
        },
        trends: [SAMPLE_TREND],
        experiments: [],
        alerts: { counts: { critical: 0, warning: 0, info: 0 }, latest: [] },
        rollbacks: [SAMPLE_ROLLBACK],
      },
    },
  }),
  'list-rollbacks': endpoint(
    'GET /v1/rollbacks',
    z.strictObject({
      environment,
      plan: z.string().max(200).optional(),
      target: z.string().max(200).optional(),
      /** Of runs that have a component of this name. */
      component: component.optional(),
      cause: rollbackCause.optional(),
      outcome: rollbackOutcome.optional(),
      cursor: page.cursor,
      limit: z.coerce.number().int().min(1).max(100).default(20),
    }),
    /** Of the latest runs first. A page may hold fewer than asked for, or none, and go on all the same: `cursor` tells. */
    z.object({ rollbacks: z.array(rollbackRecord), cursor: z.string().optional() }),
    {
      role: 'viewer',
      of: 'many',
      refuses: ['CURSOR_UNKNOWN'],
      example: { input: { cause: 'guardrail', limit: 20 }, output: { rollbacks: [SAMPLE_ROLLBACK] } },
    },
  ),
} as const;
