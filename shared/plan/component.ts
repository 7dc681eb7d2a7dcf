import * as z from 'zod';
import { codeRef, name, prose, tableName } from '../notation/names.ts';
import { duration, durationUpTo, firstFall, percent, positiveDuration } from '../notation/quantities.ts';
import { check, json } from './check.ts';
import { rolloutShape } from './rollout.ts';
import { rotateShape } from './rotate.ts';

/** Retries of one call: `attempts` after the first, waiting a random time up to `maxDelays[n]` (the last one repeats). */
export const retry = z.strictObject({
  attempts: z.number().int().min(0).max(10).default(3).describe('Repeats after the first call.'),
  maxDelays: z
    .array(duration)
    .min(1)
    .max(10)
    .superRefine((delays, context) => {
      const index = firstFall(delays);
      if (index < 1) return;
      const message = 'must not be shorter than the one before';
      context.addIssue({ code: 'custom', path: [index], message, params: { code: 'NOT_RISING' } });
    })
    .prefault(['2s', '4s', '8s'])
    .describe('Before repeat n a random time up to the n-th of these; the last one repeats.'),
  circuit: z
    .strictObject({
      failures: z.number().int().min(1).default(5).describe('Consecutive failures that open the circuit.'),
      openFor: positiveDuration.prefault('30s').describe('How long it stays open.'),
    })
    .prefault({})
    .describe('The circuit breaker around the calls of a function of a task or a check.'),
});

/** Time-outs by operation, in milliseconds. */
export const timeouts = z.strictObject({
  import: positiveDuration
    .prefault('5m')
    .describe('Bringing in what exists already; for kinds to come, none of these here does.'),
  migrate: positiveDuration
    .prefault('10m')
    .describe('How long a step of a task, or a segment of a batch, may be tried without a checkpoint.'),
  validate: positiveDuration.prefault('2m').describe('One check.'),
});

const base = {
  name: name.describe('Unique in the whole plan.'),
  retry: retry.optional().describe("In place of the plan's, as a whole."),
  timeouts: timeouts.optional().describe("In place of the plan's, as a whole."),
  description: prose(500).optional().describe('For people.'),
};

/** A slice of 60 s has time for an interval of several batches, and for the last of them to end. */
const LONGEST_BATCH_MS = 5000;

const batch = z
  .strictObject({
    ...base,
    kind: z.literal('batch'),
    from: z.strictObject({ table: tableName.describe('Its name.') }).describe('The table that is read.'),
    to: z.strictObject({ table: tableName.describe('Its name.') }).describe('The table that is written.'),
    transform: z
      .strictObject({ run: codeRef.describe('`(record) => record | record[]`.') })
      .describe('One record in, zero or more out; deterministic.'),
    target: z
      .enum(['quiescent', 'live'])
      .default('quiescent')
      .describe('`live`: the application writes to the target meanwhile, and what it wrote is kept.'),
    segments: z.number().int().min(1).max(200).default(4).describe('How many parts of the table are migrated side by side.'),
    interval: durationUpTo(LONGEST_BATCH_MS, 'since several batches must end within one call')
      .prefault('2s')
      .describe('The wanted time of one write batch, at most 5s; the batch size tunes itself to 90-95 % of it.'),
    checkpoint: z
      .strictObject({
        records: z.number().int().min(1).default(5000).describe('At the latest after so many records.'),
        every: positiveDuration.prefault('5s').describe('At the latest after so long.'),
      })
      .prefault({})
      .describe('How often progress is made durable, for each segment.'),
    tolerate: percent
      .prefault('0%')
      .describe('The share of records that may be quarantined while the component still completes.'),
    sample: z.number().int().min(0).max(10_000).default(20).describe('How many records are compared field by field, to read.'),
  })
  .describe('Migrates data from one table to another, through your transform.');

/** A step must fit into a slice of 60 s, together with what is read before it and written after it. */
const LONGEST_STEP_MS = 50_000;

const task = z
  .strictObject({
    ...base,
    kind: z.literal('task'),
    run: codeRef.describe('A task with forward, and where it has them verify, undo and probe.'),
    input: json.default(null).describe('Given to every step as it is.'),
    items: z
      .union([z.number().int().min(1).max(100_000), z.array(json).min(1).max(100_000)])
      .optional()
      .describe('One step for each element, or that many steps; one step where absent.'),
    timeout: durationUpTo(LONGEST_STEP_MS, 'since a step must end within one call (longer work: cut it into items)')
      .prefault('30s')
      .describe('The time-out of one call of the function, at most 50s.'),
  })
  .describe('Runs your own function, step by step.');

const validate = z
  .strictObject({
    ...base,
    kind: z.literal('validate'),
    checks: z.array(check).min(1).max(100).describe('All are run; each must pass.'),
  })
  .describe('Runs named checks; the run goes on only where all pass.');

const approval = z
  .strictObject({
    ...base,
    kind: z.literal('approval'),
    prompt: prose(2000).min(1).describe('What the person is asked.'),
    expires: positiveDuration.prefault('24h').describe('How long the question stands.'),
    onExpiry: z.enum(['reject', 'approve']).default('reject').describe('What happens when nobody answers in time.'),
  })
  .describe('Waits for a person.');

const wait = z
  .strictObject({ ...base, kind: z.literal('wait'), for: duration.describe('How long.') })
  .describe('Waits for a time.');

const rollout = z.strictObject({ ...base, ...rolloutShape }).describe('Moves live traffic to the new side of a flag in stages.');

const rotate = z
  .strictObject({ ...base, ...rotateShape })
  .describe('Rotates a secret, asks its consumers, and leaves the old credential its time.');

export const component = z.discriminatedUnion('kind', [batch, task, rollout, rotate, validate, approval, wait]);

export type Component = z.output<typeof component>;
export type BatchComponent = z.output<typeof batch>;
export type TaskComponent = z.output<typeof task>;
export type RolloutComponent = z.output<typeof rollout>;
export type RotateComponent = z.output<typeof rotate>;
export type ValidateComponent = z.output<typeof validate>;
export type ApprovalComponent = z.output<typeof approval>;
export type WaitComponent = z.output<typeof wait>;
export type Retry = z.output<typeof retry>;
export type Timeouts = z.output<typeof timeouts>;
