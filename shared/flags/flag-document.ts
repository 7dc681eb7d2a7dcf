import * as z from 'zod';

const TARGETING = 'must be a rule: a mapping of one operator to its arguments';

/** While a run shifts it an item holds a flag three times, as it is, as it was and in its last event, and no more than 400 KB. */
export const MOST_FLAG_BYTES = 64_000;

/** Key of a flag: part of URLs, of items and of the text that is hashed. */
export const flagKey = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/, 'must be 1 to 128 of A-Z, a-z, 0-9, _ . and -, and begin with a letter or digit');

const metadata = z.record(
  z.string(),
  z.union([z.string(), z.number(), z.boolean()], { error: 'must be text, a number or a boolean' }),
  { error: 'must be a mapping of names to text, numbers or booleans' },
);

/** A JSON value that a flag can have. All variants of one flag are of one type. */
export type FlagValue = boolean | string | number | { readonly [key: string]: unknown } | readonly unknown[];

const flagValue = z
  .custom<FlagValue>(
    (value) => ['boolean', 'string', 'number', 'object'].includes(typeof value) && value !== null,
    'must be a boolean, text, a number, a list or a mapping',
  )
  .meta({ type: ['boolean', 'string', 'number', 'object', 'array'] });

/** JsonLogic with flagd's operators; `{}` is none. */
export type Logic = z.output<typeof logic>;
const logic = z.json({ error: TARGETING });

/** One flag in flagd's definition format. */
export const flagDefinition = z
  .strictObject({
    state: z.enum(['ENABLED', 'DISABLED'], { error: 'must be ENABLED or DISABLED' }),
    variants: z.record(z.string().min(1, 'must have a name'), flagValue, { error: 'must be a mapping of names to values' }),
    /** null or absent: where no rule decides, the code's own default counts. */
    defaultVariant: z.string({ error: 'must be the name of a variant, or null' }).nullable().optional(),
    targeting: z.record(z.string(), logic, { error: TARGETING }).optional(),
    metadata: metadata.optional(),
  })
  .superRefine(({ variants }, context) => {
    const types = new Set(Object.values(variants).map((value) => typeof value));
    const refuse = (message: string) => context.addIssue({ code: 'custom', path: ['variants'], message });
    if (types.size === 0) refuse('must hold at least one variant');
    if (types.size > 1) refuse(`must be of one type; they are ${[...types].sort().join(' and ')}`);
  });
export type FlagDefinition = z.output<typeof flagDefinition>;

/** Rules by name, for `{ "$ref": "name" }`. */
export const evaluators = z.record(z.string().min(1), logic, { error: 'must be a mapping of names to rules' });
export type Evaluators = z.output<typeof evaluators>;

/** Where those of an environment are stored: among its flags, under a key that no flag can have. */
export const EVALUATORS = '$evaluators';

/** Where the experiments of an environment are stored, in the same way. */
export const EXPERIMENTS = '$experiments';

/** A set of flags in flagd's definition format. */
export const flagDocument = z.strictObject({
  $schema: z.string().optional(),
  flags: z.record(flagKey, flagDefinition, { error: 'must be a mapping of keys to flags' }),
  $evaluators: evaluators.optional(),
  /** Of every flag; a flag's own counts more. */
  metadata: metadata.optional(),
});
export type FlagDocument = z.output<typeof flagDocument>;
