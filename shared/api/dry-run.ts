import { z } from 'zod';

export const dryRunComponent = z.object({
  component: z.string(),
  kind: z.string(),
  /** Records that were read and transformed; nothing was written. */
  read: z.number(),
  /** Records that the transform made of them. */
  produced: z.number(),
  failed: z.number(),
  failures: z.array(z.object({ key: z.string(), error: z.string() })),
  /** How many records a field was added to, removed from, or changed in. */
  fields: z.array(z.object({ field: z.string(), added: z.number(), removed: z.number(), changed: z.number() })),
  /** False: the time of the call was up, and the estimates are scaled to the whole table. */
  complete: z.boolean(),
  estimate: z.object({ records: z.number(), writes: z.number(), seconds: z.number() }),
});

export const dryRunReport = z.object({
  plan: z.object({ name: z.string(), digest: z.string() }),
  target: z.string(),
  components: z.array(dryRunComponent),
  /** Whether a run would change anything. */
  changes: z.boolean(),
  /** What cannot be undone, and why. */
  irreversible: z.array(z.object({ component: z.string(), why: z.string() })),
  locked: z.array(z.object({ resource: z.string(), holder: z.string(), since: z.number() })),
});
export type DryRunReport = z.output<typeof dryRunReport>;
