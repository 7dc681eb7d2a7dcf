import * as z from 'zod';
import type { DataRecord } from '../ports/tables.ts';
import type { TaskInput, TaskMethod } from '../ports/user-code.ts';

/** What a declared Task's function is sent. A function in another language reads and answers the same JSON. */
export type TaskRequest =
  | { readonly method: 'describe' }
  /** `deadline` in epoch ms: not to be started after it, and dead by it. */
  | { readonly method: TaskMethod; readonly input: TaskInput; readonly deadline: number }
  | TransformRequest;

/** Records for a transform; 1,000 and 4 MB at most. */
export interface TransformRequest {
  readonly method: 'transform';
  readonly records: readonly DataRecord[];
  /** Epoch ms: nobody waits any longer. */
  readonly deadline: number;
}

const thrown = z.object({
  name: z.string(),
  message: z.string(),
  code: z.string().exactOptional(),
  retryable: z.boolean(),
  stack: z.string().exactOptional(),
});

const method = z.enum(['forward', 'verify', 'undo', 'probe']);

/** What it answers. Errors of the user's code are answers too: as a failed invocation they would lose their codes. */
export const taskReply = z.union([
  z.strictObject({ output: z.json() }),
  z.strictObject({ thrown }),
  z.strictObject({ shape: z.object({ effect: z.enum(['idempotent', 'probeable', 'manual']), methods: z.array(method) }) }),
  /** Not started, and why: nothing was done. */
  z.strictObject({ notStarted: z.string() }),
  z.strictObject({ missing: method }),
]);
export type TaskReply = z.output<typeof taskReply>;

/** `transformed`: for each record in order what was made of it, or why nothing was; fewer where the time was up. The rest is sent again. */
export const transformReply = z.union([
  z.strictObject({
    transformed: z.array(z.union([z.strictObject({ made: z.array(z.unknown()) }), z.strictObject({ error: z.string() })])),
  }),
  z.strictObject({ notStarted: z.string() }),
  z.strictObject({ missing: z.literal('transform') }),
]);
export type TransformReply = z.output<typeof transformReply>;
