import * as z from 'zod';

const key = z.record(z.string(), z.json());

/** What became of one attribute; an absent side of the example is left out. */
const fieldChange = z.object({
  change: z.enum(['added', 'removed', 'changed']),
  field: z.string(),
  records: z.number(),
  example: z.object({ key, before: z.json().optional(), after: z.json().optional() }),
});

/** What a batch would do, as shared/batch found it out. */
const dryRunBatch = z.object({
  component: z.string(),
  /** Records that were read and transformed, what came out, and those that failed. */
  read: z.number(),
  produced: z.number(),
  failed: z.number(),
  failures: z.array(z.object({ key, error: z.string() })),
  /** False: so many failures are more than `tolerate` allows, and a run would fail. */
  tolerated: z.boolean(),
  /** Keys that the target holds already: with another content, or the same. */
  overwrites: z.number(),
  unchanged: z.number(),
  fields: z.array(fieldChange),
  /** False: the time of the call was up before everything was read. */
  complete: z.boolean(),
  /** For the whole table. `assumed`: the rate was not measured. */
  estimate: z.object({
    records: z.number(),
    seconds: z.number(),
    writes: z.object({ data: z.number(), checkpoints: z.number(), events: z.number() }),
    recordsPerSecond: z.number(),
    assumed: z.boolean(),
  }),
});

/** What the rotation of a secret would do. */
const dryRunRotation = z.object({
  component: z.string(),
  secretId: z.string(),
  system: z.string(),
  /** For how long the old credential would be valid beside the new one, ms. */
  overlap: z.number(),
  /** Why it would be refused now, and what is to be done; absent: it would not be. */
  refused: z.object({ code: z.string(), message: z.string(), next: z.string().optional() }).exactOptional(),
});

export const dryRunReport = z.object({
  plan: z.object({ name: z.string(), digest: z.string() }),
  target: z.string(),
  batches: z.array(dryRunBatch),
  rotations: z.array(dryRunRotation),
  /** Whether a run would change anything: it has tasks, rollouts or rotations, or a batch that would write something else than what is there. */
  changes: z.boolean(),
  /** What cannot be undone, and why. */
  irreversible: z.array(z.object({ component: z.string(), why: z.string() })),
  /** Locks that another run holds now. */
  locked: z.array(z.object({ resource: z.string(), holder: z.string(), since: z.number() })),
});
export type DryRunReport = z.output<typeof dryRunReport>;
