import { z } from 'zod';
import { duration, percent } from './quantities.ts';

/** Names of plans, phases and components: they become parts of keys, ARNs and file names. */
export const name = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,46}[a-z0-9])?$/, 'is 1 to 48 of a-z, 0-9 and -, with a letter or digit at both ends');

/** `./file.ts#export`, resolved against the plan's folder, or the name of a declared Task. */
export const codeRef = z
  .string()
  .regex(/^(?:\.{1,2}\/[\w./-]+\.[cm]?[jt]s#[A-Za-z_$][\w$]*|[A-Za-z][\w-]{0,63})$/, 'is ./file.ts#export or the name of a Task');

export const tableName = z.string().regex(/^[A-Za-z0-9_.-]{3,255}$/, 'is 3 to 255 of A-Z, a-z, 0-9, _ . and -');

/** Retries of one call: `attempts` after the first, waiting a random time up to `maxDelay[n]`. */
export const retry = z.strictObject({
  attempts: z.number().int().min(0).max(10).default(3),
  maxDelays: z.array(duration).min(1).max(10).default([2000, 4000, 8000]),
  /** Consecutive failures that open the circuit, and how long it stays open. */
  circuit: z
    .strictObject({ failures: z.number().int().min(1).default(5), openFor: duration.default(30_000) })
    .default({ failures: 5, openFor: 30_000 }),
});

export const timeouts = z.strictObject({
  import: duration.default(300_000),
  migrate: duration.default(600_000),
  validate: duration.default(120_000),
});

const json: z.ZodType<JsonValue> = z.json();
export type JsonValue = null | boolean | number | string | JsonValue[] | { [name: string]: JsonValue };

const base = { name, retry: retry.optional(), timeouts: timeouts.optional(), description: z.string().max(500).optional() };

export const batch = z.strictObject({
  ...base,
  kind: z.literal('batch'),
  from: z.strictObject({ table: tableName }),
  to: z.strictObject({ table: tableName }),
  /** `(record) => record | record[]`: one record in, zero or more out; deterministic. */
  transform: z.strictObject({ run: codeRef }),
  target: z.enum(['quiescent', 'live']).default('quiescent'),
  segments: z.number().int().min(1).max(200).default(4),
  /** The wanted time of one write batch; the batch size tunes itself towards 90-95 % of it. */
  interval: duration.default(2000),
  checkpoint: z
    .strictObject({ records: z.number().int().min(1).default(5000), every: duration.default(5000) })
    .default({ records: 5000, every: 5000 }),
  /** The share of records that may be quarantined before the component must not complete. */
  tolerate: percent.default(0),
  sample: z.number().int().min(0).max(10_000).default(20),
});

export const task = z.strictObject({
  ...base,
  kind: z.literal('task'),
  run: codeRef,
  input: json.default(null),
  /** One step for each element, or that many steps; 1 where absent. */
  items: z.union([z.number().int().min(1).max(100_000), z.array(json).min(1).max(100_000)]).optional(),
  timeout: duration.default(30_000),
});

const comparison = z.enum(['<', '<=', '>', '>=', '=']);
export const check = z.discriminatedUnion('type', [
  /** A user function that answers `{ value, sample }`, compared with the limit. */
  z.strictObject({
    type: z.literal('function'),
    name,
    run: codeRef,
    is: comparison,
    limit: z.number(),
    minSample: z.number().int().min(0).default(1),
    input: json.default(null),
  }),
  /** Share of records of `from`, transformed, that `to` does not hold as they should be. */
  z.strictObject({
    type: z.literal('data'),
    name,
    from: tableName,
    to: tableName,
    transform: codeRef.optional(),
    limit: percent.default(0),
    minSample: z.number().int().min(0).default(1),
  }),
  /** Example requests sent to both; share of answers that differ in status or body. */
  z.strictObject({
    type: z.literal('api'),
    name,
    old: z.url(),
    new: z.url(),
    requests: z
      .array(
        z.strictObject({
          method: z.enum(['GET', 'HEAD', 'POST']).default('GET'),
          path: z.string().startsWith('/'),
          body: json.optional(),
        }),
      )
      .min(1)
      .max(1000),
    ignore: z.array(z.string()).default([]),
    limit: percent.default(0),
  }),
  /** p95 of requests in ms against the stored baseline of the same name; at most `limit` slower. The first run stores it. */
  z.strictObject({
    type: z.literal('performance'),
    name,
    url: z.url(),
    requests: z.number().int().min(1).max(10_000).default(100),
    limit: percent,
    minSample: z.number().int().min(1).default(20),
  }),
]);

export const validate = z.strictObject({ ...base, kind: z.literal('validate'), checks: z.array(check).min(1).max(100) });

export const approval = z.strictObject({
  ...base,
  kind: z.literal('approval'),
  prompt: z.string().min(1).max(2000),
  expires: duration.default(86_400_000),
  /** What happens when nobody answers in time. */
  onExpiry: z.enum(['reject', 'approve']).default('reject'),
});

export const wait = z.strictObject({ ...base, kind: z.literal('wait'), for: duration });

export const component = z.discriminatedUnion('kind', [batch, task, validate, approval, wait]);

export const phase = z.strictObject({
  name,
  after: z.array(name).default([]),
  components: z.array(component).min(1).max(100),
  /** Checks that must pass before a later phase starts. */
  validate: z.array(check).max(100).default([]),
});

export const plan = z.strictObject({
  slipway: z.literal(1),
  name,
  description: z.string().max(2000).optional(),
  /** `environment/name`: what is locked. */
  target: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,31}\/[a-z0-9][a-z0-9-]{0,63}$/, 'is environment/name, such as production/cities'),
  retry: retry.prefault({}),
  timeouts: timeouts.prefault({}),
  onFailure: z.enum(['rollback', 'stop']).default('rollback'),
  phases: z.array(phase).min(1).max(100),
});

export type Plan = z.output<typeof plan>;
export type PlanInput = z.input<typeof plan>;
export type Phase = z.output<typeof phase>;
export type Component = z.output<typeof component>;
export type BatchComponent = z.output<typeof batch>;
export type TaskComponent = z.output<typeof task>;
export type ValidateComponent = z.output<typeof validate>;
export type ApprovalComponent = z.output<typeof approval>;
export type WaitComponent = z.output<typeof wait>;
export type Check = z.output<typeof check>;
export type Retry = z.output<typeof retry>;
export type Timeouts = z.output<typeof timeouts>;
