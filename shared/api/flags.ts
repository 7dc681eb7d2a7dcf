import * as z from 'zod';
import { EVALUATORS, evaluators, flagDefinition, flagKey } from '../flags/flag-document.ts';
import { simpleFlag } from '../flags/simple-flag.ts';
import { reason } from './endpoint.ts';
import { environment } from './environment.ts';
import { timelineEvent } from './timeline.ts';

const stored = z.object({
  environment: z.string(),
  key: z.string(),
  flag: z.record(z.string(), z.json()),
  /** The same in the words of a form; absent: it says more than the form can. */
  simple: z.record(z.string(), z.json()).optional(),
  rev: z.number(),
  /** The run that shifts it. */
  owner: z.string().optional(),
  tripped: z.object({ at: z.number(), by: z.string(), reason: z.string() }).optional(),
});

export const getFlagInput = z.strictObject({ key: flagKey, environment });
export const flagView = stored;
export type FlagView = z.output<typeof flagView>;

const written = {
  key: flagKey,
  environment,
  reason: reason.default(''),
  /** The revision that the caller saw, 0 for none; otherwise it is refused (FLAG_REVISION). */
  ifRev: z.number().int().min(0).optional(),
};
/** Either a definition in flagd's format, or the form. */
export const putFlagInput = z
  .strictObject({ ...written, flag: flagDefinition.optional(), simple: simpleFlag.optional() })
  .refine(({ flag, simple }) => (flag === undefined) !== (simple === undefined), {
    message: 'must hold `flag` or `simple`, and not both',
  });

/** Rules that flags of an environment share. `rev` 0: there are none yet. */
export const evaluatorsView = z.object({ environment: z.string(), evaluators, rev: z.number() });
export type EvaluatorsView = z.output<typeof evaluatorsView>;
export const putEvaluatorsInput = z.strictObject({
  evaluators,
  environment: written.environment,
  reason: written.reason,
  ifRev: written.ifRev,
});

/** Of a flag, or of the rules that they share. */
export const historyInput = z.strictObject({ key: z.union([flagKey, z.literal(EVALUATORS)]), environment });
export const flagHistory = z.object({ events: z.array(timelineEvent) });

/** OFREP: what is evaluated, and for whom. */
export const evaluationInput = { environment, context: z.record(z.string(), z.json()).default({}) };
const metadata = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional();
const success = z.object({
  key: z.string(),
  reason: z.string().optional(),
  variant: z.string().optional(),
  value: z.json().optional(),
  metadata,
});
const failure = z.object({ key: z.string(), errorCode: z.string(), errorDetails: z.string().optional(), metadata });
export const evaluation = z.union([failure, success]);
export type Evaluation = z.output<typeof evaluation>;
/** A call that cannot be answered, in the words of OFREP. */
export const evaluationRefusal = failure.partial({ key: true });
export const bulkEvaluation = z.object({ flags: z.array(evaluation) });
