import * as z from 'zod';

/** One thing that is wrong with a plan or a request; `line` and `column` are 1-based. */
export const planProblem = z.object({
  code: z.string(),
  message: z.string(),
  path: z.array(z.union([z.string(), z.number()])),
  suggestion: z.string().optional(),
  line: z.number().optional(),
  column: z.number().optional(),
});

const planChange = z.object({
  path: z.string(),
  change: z.enum(['added', 'removed', 'changed']),
  before: z.json().optional(),
  after: z.json().optional(),
});

export const planDiff = z.object({
  changes: z.array(planChange),
  /** Changes that a run cannot take over. */
  forbidden: z.array(z.object({ subject: z.string(), why: z.string() })),
});

/** Every answer that is no success: `application/problem+json` (RFC 9457) with the error's code and the next action. */
export const problemDetail = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number(),
  /** Stable, for programs: RUN_NOT_FOUND, RUN_STATE, LOCKED, SUPERSEDED, PLAN_INVALID, PLAN_CHANGED, MALFORMED, ... */
  code: z.string(),
  detail: z.string(),
  /** What the person does next. */
  next: z.string().optional(),
  /** Of the request, as `x-request-id` of the answer has it and the logs do. */
  requestId: z.string().optional(),
  /** PLAN_INVALID: everything that is wrong with the plan, in the order of its file. INVALID: every field that does not fit. */
  problems: z.array(planProblem).optional(),
  /** PLAN_CHANGED: what a resume with this plan would change. */
  diff: planDiff.optional(),
});
export type ProblemDetail = z.output<typeof problemDetail>;
