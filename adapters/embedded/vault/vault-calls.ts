import * as z from 'zod';

const name = z.string().regex(/^[A-Za-z0-9/_+=.@-]{1,256}$/, 'must be 1 to 256 of letters, digits and /_+=.@-');

const label = z.string().min(1).max(256);

/** What may be asked of the agent, a line of JSON each. */
export const vaultCall = z.discriminatedUnion('call', [
  z.strictObject({ call: z.literal('list') }),
  z.strictObject({ call: z.literal('get'), name, stage: z.string().max(256).default('AWSCURRENT') }),
  z.strictObject({ call: z.literal('put'), name, text: z.string().min(1).max(65_536) }),
  z.strictObject({ call: z.literal('remove'), name }),
  // What the embedded control plane asks, as it asks Secrets Manager.
  z.strictObject({ call: z.literal('describe'), name }),
  z.strictObject({ call: z.literal('read'), name, version: label.optional(), stage: label.optional() }),
  z.strictObject({ call: z.literal('put-version'), name, version: label, text: z.string().min(1).max(65_536), stage: label }),
  z.strictObject({ call: z.literal('move-stage'), name, stage: label, from: label.optional(), to: label.optional() }),
  z.strictObject({ call: z.literal('begin'), name, version: label, stage: label }),
  z.strictObject({ call: z.literal('enable'), name, enabled: z.boolean() }),
  z.strictObject({ call: z.literal('rotate-key'), passphrase: z.string().min(1).max(4096) }),
  z.strictObject({ call: z.literal('status') }),
  z.strictObject({ call: z.literal('lock') }),
]);
export type VaultCall = z.output<typeof vaultCall>;
export type VaultRequest = z.input<typeof vaultCall>;

const listed = z.object({
  name: z.string(),
  /** Versions by label. */
  labels: z.record(z.string(), z.string()),
  damaged: z.array(z.string()),
});

const done = z.object({ done: z.literal(true) });

/** The answers, by call. */
export const vaultAnswers = {
  list: z.object({ secrets: z.array(listed), damaged: z.array(z.string()) }),
  get: z.object({ name: z.string(), version: z.string(), text: z.string() }),
  put: z.object({ name: z.string(), version: z.string() }),
  remove: z.object({ name: z.string() }),
  describe: z.object({
    found: z
      .object({ rotationEnabled: z.boolean(), deleted: z.boolean(), versions: z.record(z.string(), z.array(z.string())) })
      .optional(),
  }),
  read: z.object({ found: z.object({ version: z.string(), text: z.string() }).optional() }),
  'put-version': done,
  'move-stage': done,
  begin: done,
  enable: done,
  'rotate-key': z.object({ rotated: z.literal(true) }),
  status: z.object({ unlocked: z.literal(true), locksAt: z.number() }),
  lock: z.object({ locked: z.literal(true) }),
} as const satisfies { readonly [call in VaultCall['call']]: z.ZodType };

export type VaultAnswer<Call extends VaultCall['call']> = z.output<(typeof vaultAnswers)[Call]>;

export const vaultRefusal = z.object({
  error: z.object({ code: z.string(), message: z.string(), next: z.string().optional() }),
});
