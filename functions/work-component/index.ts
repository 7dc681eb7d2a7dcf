import { PreparationError } from '../../shared/errors/run-errors.ts';
import type { Slice } from '../../shared/run/steps.ts';
import { answerOf, componentContext, componentInput } from '../component-context.ts';
import type { Deps } from '../deps.ts';
import { machineFunction } from '../middleware/machine-function.ts';
import { onAws } from '../on-aws.ts';

async function core(input: { runId: string; epoch: number; component: string }, deps: Deps, slice: Slice) {
  const context = await componentContext(deps, input, slice);
  const { component } = context;
  // Each kind's code is taken in only by calls for it.
  if (component.kind === 'task') return answerOf(await (await import('../kinds/task.ts')).workTask({ ...context, component }));
  if (component.kind === 'rotate')
    return answerOf(await (await import('../kinds/rotate.ts')).workRotate({ ...context, component }));
  throw new PreparationError(`${component.name} is a ${component.kind}, which has no steps.`, { next: 'Report this.' });
}

export const create = machineFunction({ input: componentInput, core });
export const handler = onAws(create);
