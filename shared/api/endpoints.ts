import * as z from 'zod';
import { flagKey } from '../flags/flag-document.ts';
import { flagFeed } from '../flags/flag-feed.ts';
import { dryRunReport } from './dry-run.ts';
import {
  bulkEvaluation,
  environment,
  evaluation,
  evaluationInput,
  flagHistory,
  flagView,
  getFlagInput,
  putFlagInput,
} from './flags.ts';
import { metricsInput, metricsTaken } from './metrics.ts';
import { planSource } from './plan-document.ts';
import { planProblem } from './problem-detail.ts';
import { quarantinePage, quarantineRetried } from './quarantine.ts';
import { runSummary, runView } from './run-view.ts';
import { timelinePage } from './timeline.ts';

/**
 * One call of the API. `input` holds the path's parameters together with the query (GET) or the body's fields (POST),
 * `output` is the body of a success; anything else is answered as a ProblemDetail.
 */
export interface Endpoint<Input extends z.ZodType = z.ZodType, Output extends z.ZodType = z.ZodType> {
  readonly route: `${'GET' | 'POST' | 'PUT'} /${string}`;
  readonly input: Input;
  readonly output: Output;
  /** The status of an answer; 200 where absent. */
  readonly statusOf?: (output: z.output<Output>) => number;
  /** Whether an answer has an ETag, and is left out where the caller has it already; every GET where absent. */
  readonly reads?: boolean;
}

const endpoint = <Input extends z.ZodType, Output extends z.ZodType>(
  route: Endpoint['route'],
  input: Input,
  output: Output,
  more: Pick<Endpoint<Input, Output>, 'statusOf' | 'reads'> = {},
): Endpoint<Input, Output> => ({ route, input, output, ...more });

const runId = z.string().regex(/^[0-9a-z]{26}$/, 'must be the id of a run: 26 characters of 0-9 and a-z');
const component = z.string().regex(/^[a-z0-9-]{1,48}$/, 'must be the name of a component');
const page = {
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  cursor: z.string().max(2000).optional(),
};
const reason = z.string().max(1000);
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

/** The API by the name of the function that answers it, as in functions/catalog.ts. */
export const endpoints = {
  'validate-plan': endpoint(
    'POST /v1/plans/validate',
    z.strictObject(planSource),
    z.discriminatedUnion('valid', [
      /** `description` is a PlanDescription of shared/plan. */
      z.object({ valid: z.literal(true), digest: z.string(), description: z.looseObject({}) }),
      z.object({ valid: z.literal(false), problems: z.array(planProblem) }),
    ]),
  ),
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
  'get-run': endpoint('GET /v1/runs/{runId}', z.strictObject({ runId }), runView),
  'get-timeline': endpoint('GET /v1/runs/{runId}/timeline', z.strictObject({ runId, ...page }), timelinePage),
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
  'list-quarantine': endpoint(
    'GET /v1/runs/{runId}/quarantine',
    z.strictObject({ runId, component: component.optional(), ...page }),
    quarantinePage,
  ),
  'retry-quarantine': endpoint(
    'POST /v1/runs/{runId}/quarantine/retry',
    z.strictObject({ runId, component: component.optional() }),
    quarantineRetried,
  ),
  'promote-stage': endpoint(
    'POST /v1/runs/{runId}/components/{component}/promote',
    z.strictObject({ runId, component, reason: reason.default('') }),
    /** The stage, counted from 0. */
    z.object({ component: z.string(), stage: z.number(), by: z.string() }),
  ),
  'lower-stage': endpoint(
    'POST /v1/runs/{runId}/components/{component}/stage',
    z.strictObject({ runId, component, stage: z.number().int().min(0).max(60), reason: reason.min(1) }),
    z.object({ component: z.string(), stage: z.number(), by: z.string() }),
  ),
  'emergency-stop': endpoint(
    'POST /v1/emergency-stop',
    z.strictObject({
      environment,
      reason: reason.min(1),
      /** Lets runs go forward again; what was taken back stays so. */
      lift: z.boolean().default(false),
    }),
    z.object({
      environment: z.string(),
      halted: z.boolean(),
      flags: z.array(z.string()),
      runs: z.array(z.string()),
      problems: z.array(z.string()),
    }),
  ),
  'list-flags': endpoint('GET /v1/flags', z.strictObject({ environment }), flagFeed),
  'get-flag': endpoint('GET /v1/flags/{key}', getFlagInput, flagView),
  'put-flag': endpoint('PUT /v1/flags/{key}', putFlagInput, flagView),
  'get-flag-history': endpoint('GET /v1/flags/{key}/history', getFlagInput, flagHistory),
  'evaluate-flag': endpoint('POST /ofrep/v1/evaluate/flags/{key}', z.object({ key: flagKey, ...evaluationInput }), evaluation, {
    statusOf: (found) => ('errorCode' in found ? (found.errorCode === 'FLAG_NOT_FOUND' ? 404 : 400) : 200),
  }),
  'evaluate-flags': endpoint('POST /ofrep/v1/evaluate/flags', z.object(evaluationInput), bulkEvaluation, { reads: true }),
  'put-metrics': endpoint('POST /v1/metrics', metricsInput, metricsTaken),
  'get-health': endpoint(
    'GET /v1/health',
    z.strictObject({}),
    z.object({ status: z.enum(['ok', 'failing']), environment: z.string(), checks: z.record(z.string(), z.string()) }),
  ),
} as const;

export type EndpointName = keyof typeof endpoints;
/** What a caller gives: defaults may be left out. */
export type EndpointInput<Name extends EndpointName> = z.input<(typeof endpoints)[Name]['input']>;
/** What the function receives, and what a caller gets. */
export type EndpointRequest<Name extends EndpointName> = z.output<(typeof endpoints)[Name]['input']>;
export type EndpointOutput<Name extends EndpointName> = z.output<(typeof endpoints)[Name]['output']>;
