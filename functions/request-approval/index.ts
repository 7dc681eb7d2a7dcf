import * as z from 'zod';
import { requestApproval } from '../../shared/approval/request-approval.ts';
import { PreparationError, SupersededError } from '../../shared/errors/run-errors.ts';
import { redactText } from '../../shared/redaction/redact-text.ts';
import type { Slice } from '../../shared/run/steps.ts';
import { componentContext, componentInput } from '../component-context.ts';
import type { Deps } from '../deps.ts';
import { machineFunction } from '../middleware/machine-function.ts';
import { onAws } from '../on-aws.ts';

const input = componentInput.extend({ taskToken: z.string() });

/** The state waits for its token whatever is answered here, so being taken over is told through the token as well. */
async function core({ taskToken, ...named }: z.output<typeof input>, deps: Deps, slice: Slice) {
  try {
    const context = await componentContext(deps, named, slice);
    const { component } = context;
    if (component.kind === 'approval') return await requestApproval(deps, context.writer, component, taskToken);
    throw new PreparationError(`${component.name} is a ${component.kind} and asks nobody.`, { next: 'Report this.' });
  } catch (error) {
    if (error instanceof SupersededError)
      await deps.workflow.fail(taskToken, { error: error.name, cause: redactText(error.message) });
    throw error;
  }
}

export const create = machineFunction({ input, core });
export const handler = onAws(create);
