import middy from '@middy/core';
import type * as z from 'zod';
import { redactError } from '../../shared/redaction/redact-error.ts';
import type { Slice } from '../../shared/run/steps.ts';
import type { Deps } from '../deps.ts';
import { currentInvocation, noteKeys } from './invocation.ts';
import { type LambdaContext, type LambdaHandler, SETTLED } from './lambda-handler.ts';
import { observed } from './observed.ts';
import { parseInput } from './parse-input.ts';
import { supersededQuietly } from './superseded-quietly.ts';

export interface MachineFunction<Input> {
  readonly input: z.ZodType<Input>;
  /** Expected outcomes are answers; what it throws is caught in the machine by its `name`. */
  core(input: Input, deps: Deps, slice: Slice): Promise<unknown>;
}

/** A slice is never longer, ms. */
const LONGEST_SLICE = 60_000;
/** Time that an invocation keeps for its last write and its answer, ms. */
const RESERVE = 5000;

/** A function that a state machine calls. */
export const machineFunction =
  <Input>({ input, core }: MachineFunction<Input>) =>
  (deps: Deps): LambdaHandler => {
    const work = (event: Input, context: LambdaContext) => {
      const { runId, component } = event as { runId?: unknown; component?: unknown };
      noteKeys({ run_id: runId, component });
      if (typeof runId === 'string') currentInvocation()?.meter?.of(runId);
      return core(event, deps, sliceOf(deps, context));
    };
    const handler = middy(work as LambdaHandler, SETTLED)
      .use(redactedErrors)
      .use(parseInput(input))
      .use(supersededQuietly()) as unknown as LambdaHandler;
    return observed(deps, handler, { metered: true });
  };

/** What a machine catches stays in its history, and Lambda logs it. */
export const redactedErrors: middy.MiddlewareObj = {
  onError: (request) => {
    request.error = redactError(request.error) as Error;
  },
};

function sliceOf(deps: Deps, context: LambdaContext): Slice {
  const left = Math.min(LONGEST_SLICE, context.getRemainingTimeInMillis() - RESERVE);
  return { invocation: deps.ids.next(), until: deps.clock.now() + left };
}
