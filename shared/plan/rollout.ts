import * as z from 'zod';
import { declaredMetricsSchema } from '../guardrails/declared-metrics.ts';
import { bakeSchema, guardrailSchema, minSampleSchema, stageSettings, stagesSchema } from '../guardrails/guardrail.ts';
import { name } from '../notation/names.ts';
import { duration, durationUpTo } from '../notation/quantities.ts';
import { check } from './check.ts';

const KEY = 'must be 1 to 128 of A-Z, a-z, 0-9, _ . and -';
const flagKeyName = z.string({ error: KEY }).regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/, KEY);
const variant = z
  .string({ error: 'must be the name of a variant' })
  .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/, 'must be the name of a variant');
const text = z.string({ error: 'must be text' }).min(1).max(255);

const metrics = z
  .strictObject({
    namespace: text.default('Slipway').describe('The namespace of its metrics.'),
    dimensions: z.record(text, text).default({}).describe('Dimensions that both sides share.'),
    arm: text
      .default('variation')
      .describe('The dimension that tells the sides apart; its values are the names of the variants.'),
    exposures: text.default('Exposures').describe('Counts the subjects that a side was shown to.'),
    ...declaredMetricsSchema.shape,
  })
  .prefault({})
  .describe('Where the metrics of both sides are found, and which of them the default guardrails may watch.');

export type RolloutMetrics = z.output<typeof metrics>;

const requirement = z.strictObject({
  component: name.describe('Another rollout of this plan.'),
  percent: z.number().gt(0).max(100).default(100).describe('How far that one must have come.'),
});

const customers = z
  .strictObject({
    list: z.array(text).min(1).max(10_000).describe('Values of the context key `customer`.'),
    order: z.enum(['listed', 'hash']).default('listed').describe('Who comes first: as listed, or by a hash of their names.'),
    stages: z
      .array(z.number().int().min(1).max(10_000))
      .max(10)
      .superRefine((counts, context) => {
        const index = counts.findIndex((count, at) => count <= (counts[at - 1] ?? 0));
        if (index < 0) return;
        const message = 'must be more customers than the stage before it';
        context.addIssue({ code: 'custom', path: [index], message, params: { code: 'NOT_RISING' } });
      })
      .default([1, 10, 100])
      .describe('How many of them each stage has; the percentages for everybody else follow.'),
    ...stageSettings,
  })
  .describe('Named customers go first, stage by stage, and stay on the new side.');

/** The longest that a rollback can wait after the end: CloudWatch keeps its alarms, people forget. */
const LONGEST_ROLLBACK_WINDOW_MS = 30 * 86_400_000;
/** No more than the longest window of a comparison at the shortest period, so that no period goes unseen. */
const LONGEST_LOOK_MS = 300_000;
export const DEFAULT_ROLLBACK_WINDOW = '1h';

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const CLOCK = 'must be a time such as 15:00, up to 24:00';

const clock = z.string({ error: CLOCK }).regex(/^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/, CLOCK);

const isZone = (zone: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
};

const freeze = z
  .strictObject({
    days: z
      .array(z.enum(DAYS))
      .min(1)
      .max(7)
      .default([...DAYS])
      .describe('Days of the week in that zone.'),
    from: clock.default('00:00').describe('Its first minute.'),
    to: clock.default('24:00').describe('The first minute after it.'),
    zone: z
      .string({ error: 'must be a time zone' })
      .max(64)
      .refine(isZone, { message: 'must be a time zone such as Europe/Berlin', params: { code: 'BAD_ZONE' } })
      .default('UTC')
      .describe('The time zone.'),
  })
  .refine(({ from, to }) => from < to, {
    path: ['to'],
    message: 'must be later than `from`; a night is two windows',
    params: { code: 'NOT_RISING' },
  });

const freezes = z
  .array(freeze)
  .max(20)
  .default([])
  .describe('When no stage is entered: `days: [fri], from: "15:00", zone: Europe/Berlin`.');

export type Freeze = z.output<typeof freeze>;

/** What a rollout says beside the name, retries and time-outs of every component. */
export const rolloutShape = {
  kind: z.literal('rollout'),
  flag: flagKeyName.describe('The flag whose traffic is shifted, in the environment of the target.'),
  from: variant.default('off').describe('The variant of the old side.'),
  to: variant.default('on').describe('The variant of the new side.'),
  stages: stagesSchema,
  customers: customers.optional(),
  by: z
    .string()
    .regex(/^[A-Za-z_][\w.-]{0,99}$/, 'must name a key of the context')
    .default('targetingKey')
    .describe('The context key that is dealt by hash.'),
  bake: bakeSchema,
  minSample: minSampleSchema,
  approval: z.boolean().default(false).describe('Every stage waits for `slipway promote` when it is judged good.'),
  guardrails: z
    .array(guardrailSchema)
    .max(20)
    .prefault([])
    .describe('What takes it back, or holds it; where none is named, the default ones of its declared metrics.'),
  metrics,
  checks: z.array(check).max(100).prefault([]).describe('Checks that must pass before every increase.'),
  requires: z.array(requirement).max(20).default([]).describe('Rollouts of this plan that must have come so far first.'),
  freeze: freezes,
  look: durationUpTo(LONGEST_LOOK_MS, 'so that trouble is seen while it is small')
    .optional()
    .describe('How often a stage is judged; by its bake time and its age where absent, 1s to 5m.'),
  rollbackWindow: duration
    .refine((ms) => ms <= LONGEST_ROLLBACK_WINDOW_MS, {
      message: 'must be at most 30d, since alarms are kept that long',
      params: { code: 'OUT_OF_RANGE' },
    })
    .prefault(DEFAULT_ROLLBACK_WINDOW)
    .describe('How long after its end a guardrail still takes it back; 0s: not at all.'),
};
