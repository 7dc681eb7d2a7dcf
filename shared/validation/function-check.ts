import type { Check } from '../plan/plan.ts';
import { isRetryable } from '../resilience/retryable-error.ts';
import { messageOf } from '../run/work-steps.ts';
import type { CheckContext, CheckDeps, CheckSlice } from './check-context.ts';
import { judge, unjudged } from './check-result.ts';

export type FunctionCheck = Extract<Check, { type: 'function' }>;

/** Compares the figure of a user's function, which answers `{ value, sample }`. It is one call, so it is never sliced. */
export async function runFunctionCheck(
  deps: CheckDeps,
  check: FunctionCheck,
  context: CheckContext,
  until: number,
): Promise<CheckSlice> {
  const { runId } = context.writer;
  const { limit, is, minSample } = check;
  const input = {
    runId,
    component: context.scope,
    step: 0,
    item: null,
    input: check.input,
    outputs: context.outputs,
    idempotencyKey: `${runId}/${context.scope}/${check.name}/check`,
    fence: context.fence,
    output: null,
  };
  try {
    const deadline = Math.min(until, deps.clock.now() + context.timeoutMs);
    const answer = await deps.userCode.call(check.run, 'forward', input, deadline);
    return { result: judge(check, { ...figures(answer), limit, is, minSample, detail: '' }) };
  } catch (error) {
    return { result: unjudged(check, isRetryable(error) ? 'insufficient' : 'fail', messageOf(error), { is, limit }) };
  }
}

/** Whatever is missing or no number makes the check not pass. */
function figures(answer: unknown): { value: number; sample: number } {
  const { value, sample } = (typeof answer === 'object' && answer !== null ? answer : {}) as {
    value?: unknown;
    sample?: unknown;
  };
  return {
    value: typeof value === 'number' ? value : Number.NaN,
    sample: typeof sample === 'number' ? sample : 0,
  };
}
