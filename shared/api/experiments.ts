import * as z from 'zod';
import { experiment, experimentKey, keptExperiment } from '../experiments/experiment.ts';
import { flagKey } from '../flags/flag-document.ts';
import { reason } from './endpoint.ts';
import { environment } from './environment.ts';

export const experimentView = z.object({
  ...keptExperiment.shape,
  environment: z.string(),
  running: z.boolean(),
  endsAt: z.number(),
});
export type ExperimentView = z.output<typeof experimentView>;

/** Either starts an experiment, or ends the one of that key. */
export const putExperimentInput = z
  .strictObject({
    key: experimentKey,
    environment,
    reason: reason.default(''),
    experiment: experiment.optional(),
    stop: z.literal(true).optional(),
  })
  .refine((input) => (input.experiment === undefined) === (input.stop === true), {
    message: 'must hold `experiment` or `stop`, and not both',
  });
export const getExperimentInput = z.strictObject({ key: experimentKey, environment });

const ended = z.number().nullable();
const interval = z.object({ low: ended, high: ended });
const test = z.object({ difference: z.number(), p: z.number(), pGreater: z.number(), interval, method: z.string() });

export const experimentResults = z.object({
  key: z.string(),
  flag: z.string(),
  state: z.enum(['running', 'over']),
  startedAt: z.number(),
  endsAt: z.number(),
  subjects: z.object({
    control: z.number(),
    treatment: z.number(),
    /** Of whom something was told, and no exposure. */
    unexposed: z.number(),
    /** Shown the other variation later on. */
    moved: z.number(),
    /** Did more than is kept of one. */
    full: z.number(),
  }),
  measures: z.array(
    z.object({
      measure: z.string(),
      side: z.enum(['control', 'treatment']),
      variation: z.string(),
      sample: z.number(),
      events: z.number().nullable(),
      mean: z.number(),
      interval: interval.nullable(),
      reduction: z.number(),
    }),
  ),
  funnel: z.array(
    z.object({
      cohort: z.string(),
      exposed: z.number(),
      steps: z.array(z.object({ name: z.string(), subjects: z.number(), ofPrevious: ended, ofExposed: ended })),
    }),
  ),
  conversions: z.array(z.object({ step: z.string(), test: test.nullable(), ratio: interval })),
});
export type ExperimentResultsView = z.output<typeof experimentResults>;

export const experimentVerdict = z.object({
  key: z.string(),
  decision: z.enum(['promote', 'hold', 'rollback']),
  reasons: z.array(z.string()),
  checks: z.array(
    z.object({
      name: z.string(),
      outcome: z.enum(['pass', 'alert', 'hold', 'rollback']),
      value: ended,
      limit: ended,
      sample: z.object({ control: ended, treatment: ended }),
      interval: interval.nullable(),
      sentence: z.string(),
    }),
  ),
});
export type ExperimentVerdictView = z.output<typeof experimentVerdict>;

const subject = z.string().min(1).max(1000);
/** Epoch ms. */
const at = z.number();

/** Who was shown what first, and what was done after it: as much as an experiment asks for is recorded. */
export const behaviourInput = z.strictObject({
  environment,
  exposures: z
    .array(z.strictObject({ flag: flagKey, key: subject, variation: z.string().min(1).max(64), at }))
    .max(1000)
    .default([]),
  events: z
    .array(z.strictObject({ name: z.string().min(1).max(200), key: subject, at, value: z.number().optional() }))
    .max(1000)
    .default([]),
});
