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
