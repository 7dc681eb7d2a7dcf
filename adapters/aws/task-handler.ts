import { canonicalAnswer, transformed } from '../../shared/batch/apply-transform.ts';
import type { TaskDefinition, Transform } from '../../shared/plan/define-task.ts';
import type { Transformed } from '../../shared/ports/record-transform.ts';
import type { Value } from '../../shared/ports/store.ts';
import { CLOCK_MARGIN_MS } from '../../shared/run/steps.ts';
import type { TaskReply, TaskRequest, TransformReply, TransformRequest } from '../../shared/task/task-message.ts';
import { methodOf, shapeOf } from '../../shared/task/task-shape.ts';
import { thrownBy } from '../../shared/task/thrown.ts';
import { timeIsUp, warnAfter } from '../../shared/task/warning.ts';

/** The part of Lambda's context that is used. */
export interface InvocationContext {
  getRemainingTimeInMillis(): number;
}

/**
 * The handler of a declared Task: `export const handler = taskHandler(defineTask({ ... }))`, and the same with
 * `defineTransform`. Starts nothing after the deadline, nor where Lambda would let it go on beyond it: a function whose time-out is longer than its step's is refused.
 */
export function taskHandler(
  task: TaskDefinition | TaskDefinition['forward'] | Transform,
  now: () => number = () => Date.now(),
): (request: TaskRequest, context: InvocationContext) => Promise<TaskReply | TransformReply> {
  return async (request, context) => {
    if (request.method === 'describe') {
      const { effect, methods } = shapeOf(task);
      return { shape: { effect, methods: [...methods] } };
    }
    if (request.method === 'transform') return transform(task, request, now, context.getRemainingTimeInMillis());
    const call = methodOf(task, request.method);
    if (!call) return { missing: request.method };
    const left = request.deadline - now();
    const alive = context.getRemainingTimeInMillis();
    if (left <= 0) return { notStarted: 'its deadline had passed when it arrived' };
    if (alive > left + CLOCK_MARGIN_MS) {
      return {
        notStarted: `the function could run for ${alive} ms, beyond its deadline in ${left} ms: give it a shorter time-out`,
      };
    }
    return perform(call, request, Math.min(left, alive));
  };
}

async function perform(
  call: (input: unknown) => unknown,
  { method, input }: Exclude<TaskRequest, { method: 'describe' | 'transform' }>,
  left: number,
): Promise<TaskReply> {
  const over = new AbortController();
  const warning = setTimeout(() => over.abort(timeIsUp(method)), warnAfter(left));
  try {
    // It is waited for also after the signal: an answer before the end would freeze the sandbox with work in it, to wake up later.
    const output = await call({ ...input, signal: over.signal });
    return { output: JSON.parse(JSON.stringify(output) ?? 'null') as Value as Extract<TaskReply, { output: unknown }>['output'] };
  } catch (error) {
    return { thrown: thrownBy(error) };
  } finally {
    clearTimeout(warning);
  }
}

/** Changes nothing, so it may go on for as long as Lambda lets it. Stops while there is time to answer. */
function transform(task: unknown, { records, deadline }: TransformRequest, now: () => number, alive: number): TransformReply {
  if (typeof task !== 'function') return { missing: 'transform' };
  const start = now();
  const left = Math.min(deadline - start, alive);
  if (left <= 0) return { notStarted: 'its deadline had passed when it arrived' };
  const answers: Transformed[] = [];
  for (const record of records) {
    answers.push(canonicalAnswer(transformed(task as Transform, record)));
    if (now() >= start + warnAfter(left)) break;
  }
  // The message is plain JSON, so its arrays are nobody's.
  return { transformed: answers } as TransformReply;
}
