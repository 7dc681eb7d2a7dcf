import * as z from 'zod';
import { dryRunReport } from './dry-run.ts';
import { component, endpoint, page, reason, runId } from './endpoint.ts';
import { planSource } from './plan-document.ts';
import { runSummary } from './run-view.ts';

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

/** The API of runs: what may be asked of them. */
export const runEndpoints = {
  'start-run': endpoint(
    'POST /v1/runs',
    z.strictObject({
      ...planSource,
      /** Reports what a run would do and writes nothing. */
      dryRun: z.boolean().default(false),
      /** The same key answers the same run. */
      idempotencyKey: z.string().min(1).max(200).optional(),
      /** Waits for the locks instead of being refused (LOCKED). */
      queue: z.boolean().default(false),
    }),
    z.discriminatedUnion('dryRun', [
      z.object({ dryRun: z.literal(false), run: runSummary, created: z.boolean() }),
      z.object({ dryRun: z.literal(true), report: dryRunReport }),
    ]),
  ),
  'list-runs': endpoint(
    'GET /v1/runs',
    z.strictObject(page),
    z.object({ runs: z.array(runSummary), cursor: z.string().optional() }),
  ),
  'pause-run': endpoint('POST /v1/runs/{runId}/pause', z.strictObject({ runId }), commanded),
  'resume-run': endpoint('POST /v1/runs/{runId}/resume', goOn, commanded),
  'retry-run': endpoint('POST /v1/runs/{runId}/retry', goOn, commanded),
  'rollback-run': endpoint(
    'POST /v1/runs/{runId}/rollback',
    z.strictObject({ runId, reason: reason.min(1), stands: stands.default({}) }),
    /** `joined`: a rollback was under way already. */
    commanded.extend({ joined: z.boolean() }),
  ),
  'decide-approval': endpoint(
    'POST /v1/runs/{runId}/approvals/{component}',
    z.strictObject({ runId, component, decision: z.enum(['approve', 'reject']), reason: reason.default('') }),
    z.object({ component: z.string(), decision: z.enum(['approve', 'reject']), by: z.string() }),
  ),
} as const;
