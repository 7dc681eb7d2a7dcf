import * as z from 'zod';

/** Plans over this size are refused, in characters. */
export const MAX_PLAN_CHARACTERS = 1_048_576;

/** A plan as a person wrote it: text, or the value that a TypeScript plan exports. */
export const planDocument = z.union([
  z.strictObject({
    /** Kept whole so that problems can be told with line and column. Over 1 MB the plan's own problem says so. */
    text: z.string().max(2 * MAX_PLAN_CHARACTERS),
    /** The file's name, for the format and for messages. */
    file: z.string().max(1000).default(''),
    format: z.enum(['yaml', 'json', 'auto']).default('auto'),
  }),
  z.strictObject({ value: z.json() }),
]);
export type PlanDocument = z.output<typeof planDocument>;

export const planSource = {
  plan: planDocument,
  /** Absolute folder against which `./file.ts#export` is resolved; for an embedded control plane only. */
  baseDir: z.string().min(1).max(4000).optional(),
};
