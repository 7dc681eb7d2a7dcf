import * as z from 'zod';

/** Times are epoch ms, durations ms. */
const at = z.number();

/** One check of a verdict, as shared/guardrails judged it. */
const verdictCheck = z.object({
  name: z.string(),
  outcome: z.enum(['pass', 'alert', 'hold', 'rollback']),
  /** In the unit of the limit; null where nothing could be measured. */
  value: z.number().nullable(),
  limit: z.number().nullable(),
  /** Observations of each side. */
  sample: z.object({ control: z.number().nullable(), treatment: z.number().nullable() }),
  /** One sentence for a person. */
  sentence: z.string(),
});

/** What was found at the last look that was written down: a stage that is held is written again now and then. */
export const stageVerdict = z.object({
  /** Counted from 0. */
  stage: z.number(),
  percent: z.number(),
  /** Absent in what an earlier release wrote. */
  at: at.optional(),
  /** A person promoted it, whatever it says. */
  byHand: z.boolean(),
  decision: z.enum(['promote', 'hold', 'rollback']),
  reasons: z.array(z.string()),
  checks: z.array(verdictCheck),
});
export type StageVerdict = z.output<typeof stageVerdict>;

export const rolloutView = z.object({
  flag: z.string(),
  /** Variants of the old side and the new one. */
  from: z.string(),
  to: z.string(),
  /** `customers`: how many are on the new side by name. */
  stages: z.array(z.object({ percent: z.number(), customers: z.number(), bake: z.number(), minSample: z.number() })),
  /** The stage that the traffic is at, counted from 0; absent: all of it is on the old side. */
  stage: z.number().optional(),
  /** How many stages were judged good, or promoted by a person. */
  promoted: z.number(),
  /** Since when the stage is watched; absent where none is. */
  enteredAt: at.optional(),
  /** Why it does not go on yet, in sentences. */
  held: z.array(z.string()),
  /** It goes on when a person promotes it, and not before. */
  waitsForPerson: z.boolean(),
  verdict: stageVerdict.optional(),
});
export type RolloutView = z.output<typeof rolloutView>;
