import * as z from 'zod';

const name = z.string().regex(/^[A-Za-z0-9/_+=.@-]{1,256}$/, 'must be 1 to 256 of letters, digits and /_+=.@-');

/** What may be asked of the agent, a line of JSON each. */
export const vaultCall = z.discriminatedUnion('call', [
  z.strictObject({ call: z.literal('list') }),
  z.strictObject({ call: z.literal('get'), name, stage: z.string().max(256).default('AWSCURRENT') }),
  z.strictObject({ call: z.literal('put'), name, text: z.string().min(1).max(65_536) }),
  z.strictObject({ call: z.literal('remove'), name }),
  z.strictObject({ call: z.literal('rotate-key'), passphrase: z.string().min(1).max(4096) }),
  z.strictObject({ call: z.literal('status') }),
  z.strictObject({ call: z.literal('lock') }),
]);
export type VaultCall = z.output<typeof vaultCall>;

const listed = z.object({
  name: z.string(),
  /** Versions by label. */
  labels: z.record(z.string(), z.string()),
  damaged: z.array(z.string()),
});

/** The answers, by call. */
export const vaultAnswers = {
  list: z.object({ secrets: z.array(listed), damaged: z.array(z.string()) }),
  get: z.object({ name: z.string(), version: z.string(), text: z.string() }),
  put: z.object({ name: z.string(), version: z.string() }),
  remove: z.object({ name: z.string() }),
  'rotate-key': z.object({ rotated: z.literal(true) }),
  status: z.object({ unlocked: z.literal(true), locksAt: z.number() }),
  lock: z.object({ locked: z.literal(true) }),
} as const satisfies { readonly [call in VaultCall['call']]: z.ZodType };

export const vaultRefusal = z.object({
  error: z.object({ code: z.string(), message: z.string(), next: z.string().optional() }),
});
