import * as z from 'zod';
import { planReference } from '../plan/stored-plans.ts';
import { runStatus } from '../run/run-state.ts';
import { dryRunReport } from './dry-run.ts';
import { component, type EndpointFacts, endpoint, page, reason, runId } from './endpoint.ts';
import { environment } from './environment.ts';
import { planSource } from './plan-document.ts';
import { runSummary } from './run-view.ts';
import { SAMPLE_PLAN, SAMPLE_RUN, SAMPLE_RUN_ID } from './samples.ts';

/** A person's word on manual effects: `component/step` -> it stands. */
const stands = z.record(z.string().regex(/^[a-z0-9-]{1,48}\/\d{1,6}$/, 'must be component/step'), z.boolean());
const goOn = z.strictObject({
  runId,
  reason: reason.default(''),
  stands: stands.default({}),
  plan: planSource.plan.optional(),
  baseDir: planSource.baseDir,
  /** Without it a changed plan is refused with the difference (PLAN_CHANGED). */
  acceptPlanChange: z.boolean().default(false),
});
const commanded = z.object({ run: runSummary });

const COMMANDED = ['RUN_NOT_FOUND', 'RUN_STATE', 'SUPERSEDED'];
const GOING_ON: EndpointFacts<typeof goOn, typeof commanded> = {
  role: 'operator',
  of: 'run',
  refuses: [...COMMANDED, 'LOCKED', 'PLAN_INVALID', 'PLAN_CHANGED', 'PREPARATION_FAILED'],
  example: { input: { runId: SAMPLE_RUN_ID, reason: 'the table is back' }, output: { run: { ...SAMPLE_RUN, epoch: 2 } } },
};

/** The API of runs: what may be asked of them. */
export const runEndpoints = {
  'start-run': endpoint(
    'POST /v1/runs',
    z.strictObject({
      /** A plan, or one that is kept: `name`, `name@3` or `name@latest`. */
      plan: z.union([planSource.plan, planReference]),
      baseDir: planSource.baseDir,
      /** Where the plan is kept; a plan that is given says itself where it acts. */
      environment,
      /** Reports what a run would do and writes nothing. */
      dryRun: z.boolean().default(false),
      /** The same key answers the same run. */
      idempotencyKey: z.string().min(1).max(200).optional(),
      /** Waits for the locks instead of being refused (LOCKED). */
      queue: z.boolean().default(false),
      /** The higher, the sooner it goes in where runs wait for their turn. */
      priority: z.int().min(-10).max(10).default(0),
    }),
    z.discriminatedUnion('dryRun', [
      z.object({ dryRun: z.literal(false), run: runSummary, created: z.boolean() }),
      z.object({ dryRun: z.literal(true), report: dryRunReport }),
    ]),
    {
      role: 'operator',
      of: 'request',
      refuses: ['PLAN_NOT_FOUND', 'ROLLBACK_WINDOW', 'PLAN_INVALID', 'LOCKED', 'PREPARATION_FAILED', 'RATE_LIMITED'],
      example: {
        input: { plan: SAMPLE_PLAN },
        output: { dryRun: false, run: { ...SAMPLE_RUN, status: 'queued' }, created: true },
      },
    },
  ),
  'list-runs': endpoint(
    'GET /v1/runs',
    z.strictObject({
      environment,
      status: runStatus.optional(),
      plan: z.string().max(200).optional(),
      target: z.string().max(200).optional(),
      /** Who started them. */
      actor: z.string().max(200).optional(),
      ...page,
    }),
    /** A page may hold fewer than asked for, or none, and go on all the same: `cursor` tells. */
    z.object({ runs: z.array(runSummary), cursor: z.string().optional() }),
    {
      role: 'viewer',
      of: 'many',
      refuses: ['CURSOR_UNKNOWN'],
      example: { input: { status: SAMPLE_RUN.status, limit: 20 }, output: { runs: [SAMPLE_RUN] } },
    },
  ),
  'pause-run': endpoint('POST /v1/runs/{runId}/pause', z.strictObject({ runId }), commanded, {
    role: 'operator',
    of: 'run',
    refuses: COMMANDED,
    example: { input: { runId: SAMPLE_RUN_ID }, output: { run: { ...SAMPLE_RUN, status: 'pausing' } } },
  }),
  'resume-run': endpoint('POST /v1/runs/{runId}/resume', goOn, commanded, GOING_ON),
  'retry-run': endpoint('POST /v1/runs/{runId}/retry', goOn, commanded, GOING_ON),
  'keep-run': endpoint(
    'PUT /v1/runs/{runId}/keep',
    z.strictObject({
      runId,
      /** Epoch ms; a time that is past: no longer than other runs. */
      until: z.number().int().min(0).max(7_258_118_400_000),
      reason: reason.default(''),
    }),
    commanded,
    {
      role: 'operator',
      of: 'run',
      refuses: COMMANDED,
      example: {
        input: { runId: SAMPLE_RUN_ID, until: 1_924_905_600_000, reason: 'for the auditors' },
        output: { run: { ...SAMPLE_RUN, keptUntil: 1_924_905_600_000 } },
      },
    },
  ),
  'rollback-run': endpoint(
    'POST /v1/runs/{runId}/rollback',
    z.strictObject({
      runId,
      reason: reason.min(1),
      stands: stands.default({}),
      /** Only this component of a run that rests, before it whatever came after it, and whatever is not complete. */
      component: component.optional(),
    }),
    commanded.extend({
      /** A rollback was under way already. */
      joined: z.boolean(),
      /** Of one component: all that goes back now, or still, in the order of the plan. */
      goesBack: z.array(z.string()).optional(),
      /** Of one component: what stays complete. */
      keeps: z.array(z.string()).optional(),
    }),
    {
      role: 'operator',
      of: 'run',
      refuses: [...COMMANDED, 'COMPONENT_NOT_FOUND', 'PREPARATION_FAILED'],
      example: {
        input: { runId: SAMPLE_RUN_ID, reason: 'errors in search' },
        output: { run: { ...SAMPLE_RUN, status: 'rolling-back', direction: 'back', epoch: 2 }, joined: false },
      },
    },
  ),
  'decide-approval': endpoint(
    'POST /v1/runs/{runId}/approvals/{component}',
    z.strictObject({ runId, component, decision: z.enum(['approve', 'reject']), reason: reason.default('') }),
    z.object({ component: z.string(), decision: z.enum(['approve', 'reject']), by: z.string() }),
    {
      role: 'operator',
      of: 'run',
      refuses: [...COMMANDED, 'COMPONENT_NOT_FOUND'],
      example: {
        input: { runId: SAMPLE_RUN_ID, component: 'go-live', decision: 'approve', reason: 'checked with support' },
        output: { component: 'go-live', decision: 'approve', by: 'ann' },
      },
    },
  ),
} as const;
