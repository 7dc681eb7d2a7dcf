import * as z from 'zod';
import { readOnce } from './read-once.ts';
import { readable, storedEvent } from './run-state.ts';

/** `open`: seized before it was ever prepared. */
export const workStatus = z.enum([
  'open',
  'prepared',
  'working',
  'worked',
  'completed',
  'failed',
  'ambiguous',
  'undone',
  'undo-failed',
]);
export type WorkStatus = z.output<typeof workStatus>;

/** Written before an effect; while it stands nobody else may repeat or undo until `ended`, or `deadline` plus the margin. */
export const intent = z.object({
  step: z.number(),
  /** An undo rather than a forward effect. */
  back: z.boolean(),
  /** Epoch ms after which the function that performs it is dead. */
  deadline: z.number(),
  /** The invocation that performs it. */
  by: z.string(),
  attempt: z.number(),
  /** When its epoch wrote the first intent for this step, epoch ms: the later attempts keep it. */
  since: z.number().exactOptional(),
  /** The epoch that wrote it. */
  epoch: z.number(),
  /** The effect's function returned (also with an error), so nothing of it is under way. */
  ended: z.boolean().exactOptional(),
  /** False: the call is known never to have begun, so all is as it was when the intent was written. */
  began: z.boolean().exactOptional(),
});
export type Intent = z.output<typeof intent>;

/** A component or a segment: what is done, what is under way. */
export const workState = z.object({
  epoch: z.number(),
  rev: z.number(),
  direction: z.enum(['forward', 'back']).default('forward'),
  status: workStatus.default('open'),
  kind: z.string().optional(),
  /** Forward: effects that stand, 0 to `cursor - 1`. Going back it counts down. */
  cursor: z.number().default(0),
  intent: intent.optional(),
  segments: z.number().optional(),
  rollbackPoint: z.record(z.string(), z.json()).optional(),
  /** What the slices of a batch count and carry on: tallies, scan cursor, checksum. */
  progress: z.record(z.string(), z.json()).optional(),
  outputs: z.json().optional(),
  failure: z.object({ code: z.string(), message: z.string(), step: z.number().optional() }).optional(),
  notUndone: z.array(z.string()).optional(),
  startedAt: z.number().optional(),
  endedAt: z.number().optional(),
  taskToken: z.string().optional(),
  lastEvent: storedEvent.optional(),
  writeId: z.string().optional(),
});
export type WorkState = z.output<typeof workState>;

export const readWork = readOnce((item): WorkState => workState.parse(readable(item)));
