import * as z from 'zod';

/** `failing`: it gave no answer in time, or an error. Without a vital part nothing works; without another some things do not. */
const part = z.object({ status: z.enum(['ok', 'failing']), vital: z.boolean(), problem: z.string().optional() });
export type PartHealth = z.output<typeof part>;

/** `degraded`: runs go on, and something is missing. `down`: nothing goes on. */
export const health = z.object({
  status: z.enum(['ok', 'degraded', 'down']),
  environment: z.string(),
  /** By the name of the part: store, workflow, scheduler; rotation, where secrets are rotated. */
  checks: z.record(z.string(), part),
  /** Of all environments; absent where the store does not tell. */
  queue: z.object({ underWay: z.number(), waiting: z.number(), oldestSince: z.number().optional() }).optional(),
  /** Whether an emergency stop holds here: no run goes forward. */
  halted: z.boolean().optional(),
});
export type Health = z.output<typeof health>;

/** How a whole is by its parts. */
export function statusOf(checks: { readonly [part: string]: PartHealth }): Health['status'] {
  const failing = Object.values(checks).filter(({ status }) => status === 'failing');
  if (failing.some(({ vital }) => vital)) return 'down';
  return failing.length > 0 ? 'degraded' : 'ok';
}
