import * as z from 'zod';
import { trackedBatch } from '../flags/flag-feed.ts';

const tracked = trackedBatch.shape.events.element;
const word = z.string().min(1).max(255);

/** JSON writes NaN and the infinities as null, and reads 1e999: such a datapoint is refused by itself, not with all that is sent beside it. */
const figure = z
  .custom<number | null>((value) => typeof value === 'number' || value === null, 'must be a number')
  .meta({ type: ['number', 'null'] })
  .transform((value) => value ?? Number.NaN);

/** Values of one metric at one time; `counts[n]` is how often `values[n]` was seen, once where it is absent. */
const datum = z.strictObject({
  namespace: word.default('Slipway'),
  metric: word,
  dimensions: z.record(word, word).default({}),
  /** Epoch ms. */
  at: figure,
  values: z.array(figure).min(1).max(5000),
  counts: z.array(figure).max(5000).optional(),
  unit: z.string().max(40).optional(),
});

/** Either metrics, or what the tracking API of OpenFeature was told. */
export const metricsInput = z.looseObject({
  data: z.array(datum).max(1000).default([]),
  environment: z.string().optional(),
  events: z
    .array(tracked.extend({ at: figure, value: figure.optional() }))
    .max(1000)
    .default([]),
  dropped: z.number().default(0),
});

/** `refused` says which could not be used, and why; the others were taken. `index` counts `data`, and then `events`. */
export const metricsTaken = z.object({ taken: z.number(), refused: z.array(z.object({ index: z.number(), why: z.string() })) });

const MINUTE = 60;
/** Periods of fewer seconds than a minute. */
const FINE = [1, 5, 10, 30];

/** Most figures of one answer. */
const MOST_FIGURES = 1440;

/** One series over a range; times are epoch ms, `to` is not in it. Without times the last hour. */
export const metricsQuery = z
  .strictObject({
    namespace: word.default('Slipway'),
    metric: word,
    /** `Name=value`, with commas between them: as the series was sent, no more and no fewer. */
    dimensions: z
      .string()
      .max(2000)
      .regex(/^(?:[^=,]{1,255}=[^,]{1,255}(?:,|$))*$/, 'must be as in Service=search,variation=on')
      .default(''),
    statistic: z
      .string()
      .regex(
        /^(?:Sum|Average|SampleCount|Minimum|Maximum|p\d{1,2}(?:\.\d{1,2})?)$/,
        'must be Sum, Average, SampleCount, Minimum, Maximum or a percentile such as p95',
      )
      .default('Average'),
    from: z.coerce.number().int().min(0).max(4e12).optional(),
    to: z.coerce.number().int().min(0).max(4e12).optional(),
    periodSeconds: z.coerce
      .number()
      .int()
      .min(1)
      .max(86_400)
      .refine((seconds) => FINE.includes(seconds) || seconds % MINUTE === 0, 'must be 1, 5, 10, 30 or whole minutes up to a day')
      .meta({ anyOf: [{ enum: FINE }, { multipleOf: MINUTE }] })
      .default(MINUTE),
  })
  .refine(
    ({ from, to, periodSeconds }) =>
      from === undefined || to === undefined || (to > from && to - from <= MOST_FIGURES * periodSeconds * 1000),
    {
      path: ['to'],
      message: `must be later than from, by at most ${MOST_FIGURES} periods`,
    },
  );

/** Oldest first; a period without data is not there. `at` is the beginning of a period. */
export const metricsRead = z.object({
  namespace: z.string(),
  metric: z.string(),
  dimensions: z.record(z.string(), z.string()),
  statistic: z.string(),
  from: z.number(),
  to: z.number(),
  periodSeconds: z.number(),
  figures: z.array(z.object({ at: z.number(), value: z.number() })),
});
