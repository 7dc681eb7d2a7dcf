import * as z from 'zod';

/**
 * `GET /v1/flags?environment=...` with an ETag; If-None-Match answers 304. `flags` is a flag document, read apart. Where there are more flags
 * than one answer holds, `cursor` is given to the next call; each page has an ETag of its own.
 */
export const flagFeed = z.object({
  environment: z.string(),
  flags: z.unknown(),
  /** Grows with every change of the environment's flags: of those on the page, and on the first of what they share. */
  rev: z.number().int().nonnegative(),
  cursor: z.string().max(2000).optional(),
});
export type FlagFeed = z.output<typeof flagFeed>;

/** `POST /v1/metrics`: what the tracking API of OpenFeature was told, oldest first. */
export const trackedBatch = z.object({
  environment: z.string(),
  events: z
    .array(
      z.object({
        name: z.string().min(1).max(200),
        /** Epoch ms. */
        at: z.number().int(),
        /** Whose it is: the targeting key, if there is one. */
        key: z.string().optional(),
        value: z.number().optional(),
        attributes: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
      }),
    )
    .max(1000),
  /** How many subjects were shown what, as metrics. */
  data: z
    .array(
      z.object({
        namespace: z.string(),
        metric: z.string(),
        dimensions: z.record(z.string(), z.string()),
        at: z.number(),
        values: z.array(z.number()),
      }),
    )
    .optional(),
  /** Events that were dropped before these, since nobody took them. */
  dropped: z.number().int().nonnegative(),
});
export type TrackedBatch = z.output<typeof trackedBatch>;
export type TrackedEvent = TrackedBatch['events'][number];
