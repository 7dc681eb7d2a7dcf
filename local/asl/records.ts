import { z } from 'zod';
import type { Value } from '../../shared/ports/store.ts';
import type { ExecutionName } from './arn.ts';
import { CorruptExecutionStoreError } from './store/execution-store.ts';

const value = z.json() as z.ZodType<Value>;
const instant = z.number();

/** How the caller of a task token answered. */
const answer = z.union([z.object({ output: value }), z.object({ error: z.string(), cause: z.string() })]);
export type Answer = z.infer<typeof answer>;

const memo = z.object({
  /** Epoch ms at which the state is tried again. */
  retryAt: instant.optional(),
  /** Epoch ms at which a Wait ends. */
  wakeAt: instant.optional(),
  call: z
    .object({
      token: z.string(),
      submitted: z.boolean(),
      deadline: instant.optional(),
      beatBy: instant.optional(),
      answer: answer.optional(),
    })
    .optional(),
  nested: z.object({ name: z.string() }).optional(),
  /** Epoch ms at which the wait for a nested execution is given up. */
  due: instant.optional(),
  /** A Parallel or Map under way; Map keeps its items under `visit`. */
  fan: z.object({ visit: z.string(), count: z.number() }).optional(),
});

/** What a state has to remember to go on after a crash. */
export type Memo = z.infer<typeof memo>;

const ending = z.union([z.object({ output: value }), z.object({ error: z.string(), reason: z.string().optional() })]);

const frame = z.object({
  state: z.string(),
  input: value,
  /** The event id of the state's entry, and the time of it in epoch ms. */
  entered: z.number(),
  enteredAt: instant,
  /** Tries used up, one number a retrier. */
  attempts: z.array(z.number()),
  memo,
  /** The highest event id, where the frame keeps a history of its own (children of a distributed Map). */
  events: z.number().optional(),
  ending: ending.optional(),
});

/** Where one sequence of states stands: the machine itself, a branch, or a Map iteration. */
export type FrameRecord = z.infer<typeof frame>;

const execution = z.object({
  arn: z.string(),
  machine: z.string(),
  machineArn: z.string(),
  roleArn: z.string().optional(),
  type: z.enum(['STANDARD', 'EXPRESS']),
  name: z.string(),
  status: z.enum(['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED']),
  startedAt: instant,
  stoppedAt: instant.optional(),
  input: value,
  output: value.optional(),
  error: z.string().optional(),
  cause: z.string().optional(),
  /** SHA-256 of the definition that it runs, which outlives a change of the machine. */
  definition: z.string(),
});
export type ExecutionRecord = z.infer<typeof execution>;

const event = z.object({
  id: z.number(),
  previous: z.number(),
  at: instant,
  type: z.string(),
  details: z.record(z.string(), value),
});

/** One entry of an execution's history, in AWS's types; `details` are the fields that AWS gives the type. Times in epoch ms. */
export type HistoryEvent = z.infer<typeof event>;

const decimals = 8;

export const keys = {
  execution: ({ machine, name }: ExecutionName) => `e!${machine}!${name}`,
  executionsOf: (machine: string) => `e!${machine}!`,
  executions: 'e!',
  open: ({ machine, name }: ExecutionName) => `o!${machine}!${name}`,
  allOpen: 'o!',
  definition: (digest: string) => `d!${digest}`,
  events: ({ machine, name }: ExecutionName) => `h!${machine}!${name}!`,
  event: (execution: ExecutionName, id: number) => `${keys.events(execution)}${String(id).padStart(decimals, '0')}`,
  /** Everything under it is needed only while the execution runs. */
  working: ({ machine, name }: ExecutionName) => `w!${machine}!${name}!`,
  frames: (execution: ExecutionName) => `${keys.working(execution)}f!`,
  frame: (execution: ExecutionName, id: string) => `${keys.frames(execution)}${id}`,
  variables: (execution: ExecutionName) => `${keys.working(execution)}v!`,
  variable: (execution: ExecutionName, frameId: string, name: string) => `${keys.variables(execution)}${frameId}!${name}`,
  items: (execution: ExecutionName, visit: string) => `${keys.working(execution)}i!${visit}`,
} as const;

export const readFrame = reader(frame);
export const readExecution = reader(execution);
export const readEvent = reader(event);

function reader<T>(schema: z.ZodType<T>): (found: Value, key: string) => T {
  return (found, key) => {
    const result = schema.safeParse(found);
    if (result.success) return result.data;
    throw new CorruptExecutionStoreError(
      `The record '${key}' of the execution store is damaged: ${z.prettifyError(result.error)}`,
      {
        next: 'Restore the data directory from a copy, or move it away to start with an empty one.',
        cause: result.error,
      },
    );
  };
}
