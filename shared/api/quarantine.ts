import * as z from 'zod';

export const quarantinedRecord = z.object({
  component: z.string(),
  segment: z.number(),
  /** The record's key, as JSON. */
  key: z.record(z.string(), z.json()),
  error: z.string(),
});
export type QuarantinedRecord = z.output<typeof quarantinedRecord>;

export const quarantinePage = z.object({ records: z.array(quarantinedRecord), cursor: z.string().optional() });

/** What came of trying quarantined records again. */
export const quarantineRetried = z.object({
  succeeded: z.number(),
  /** Some of those that failed again. */
  failed: z.array(quarantinedRecord.omit({ segment: true })),
  /** True: the time of the call was up before all had been tried. Call again. */
  more: z.boolean(),
});
export type QuarantineRetried = z.output<typeof quarantineRetried>;
