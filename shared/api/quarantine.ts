import { z } from 'zod';

export const quarantinedRecord = z.object({
  component: z.string(),
  segment: z.number(),
  /** The record's key, as JSON. */
  key: z.record(z.string(), z.json()),
  error: z.string(),
});
export type QuarantinedRecord = z.output<typeof quarantinedRecord>;

export const quarantinePage = z.object({ records: z.array(quarantinedRecord), cursor: z.string().optional() });

export const quarantineRetried = z.object({
  tried: z.number(),
  written: z.number(),
  /** Still in quarantine. */
  failed: z.number(),
  /** Records that are left to try: call again. */
  left: z.number(),
});
