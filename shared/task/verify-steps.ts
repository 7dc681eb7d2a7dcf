import type { TaskComponent } from '../plan/plan.ts';
import type { TaskShape } from '../ports/user-code.ts';
import type { Slice } from '../run/steps.ts';
import { codeOf, messageOf } from '../run/work-steps.ts';
import { stepCount, type TaskContext, taskInput } from './task-effects.ts';

export type VerifyOutcome =
  | { readonly outcome: 'done' }
  /** Go on from this step in another invocation. */
  | { readonly outcome: 'more'; readonly cursor: number }
  | { readonly outcome: 'failed'; readonly step: number; readonly code: string; readonly message: string };

/**
 * Asks the user's `verify` of every step from `cursor` on until the slice is used up. Verify only reads, so it writes no
 * intent, and repeating it is the business of the UserCode beneath. A task without verify has nothing to ask.
 */
export async function verifySteps(
  component: TaskComponent,
  shape: TaskShape,
  context: TaskContext,
  slice: Slice,
  cursor: number,
): Promise<VerifyOutcome> {
  if (!shape.methods.includes('verify')) return { outcome: 'done' };
  const count = stepCount(component);
  for (let step = cursor; step < count; step += 1) {
    const now = context.clock.now();
    if (now + component.timeout > slice.until) return { outcome: 'more', cursor: step };
    const output = (await context.outputOf(step)) ?? null;
    try {
      const input = taskInput(component, step, 'verify', output, context);
      await context.userCode.call(component.run, 'verify', input, now + component.timeout);
    } catch (error) {
      return { outcome: 'failed', step, code: codeOf(error), message: messageOf(error) };
    }
  }
  return { outcome: 'done' };
}
