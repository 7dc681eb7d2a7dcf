import * as z from 'zod';
import { trackedBatch } from '../flags/flag-feed.ts';

const word = z.string().min(1).max(255);

/** Values of one metric at one time; `counts[n]` is how often `values[n]` was seen, once where it is absent. */
const datum = z.strictObject({
  namespace: word.default('Slipway'),
  metric: word,
  dimensions: z.record(word, word).default({}),
  /** Epoch ms. */
  at: z.number(),
  values: z.array(z.number()).min(1).max(5000),
  counts: z.array(z.number()).max(5000).optional(),
  unit: z.string().max(40).optional(),
});

/** Either metrics, or what the tracking API of OpenFeature was told. */
export const metricsInput = z.looseObject({
  data: z.array(datum).max(1000).default([]),
  environment: z.string().optional(),
  events: trackedBatch.shape.events.default([]),
  dropped: z.number().default(0),
});

/** `refused` says which could not be used, and why; the others were taken. */
export const metricsTaken = z.object({ taken: z.number(), refused: z.array(z.object({ index: z.number(), why: z.string() })) });
