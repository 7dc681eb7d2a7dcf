import { endUndo } from '../../shared/run/component-end.ts';
import { componentKey } from '../../shared/run/keys.ts';
import type { Slice } from '../../shared/run/steps.ts';
import { loadWork } from '../../shared/run/work-access.ts';
import { answerOf, componentContext, componentInput } from '../component-context.ts';
import type { Deps } from '../deps.ts';
import { undo } from '../kinds/kinds.ts';
import { machineFunction } from '../middleware/machine-function.ts';
import { onAws } from '../on-aws.ts';

async function core(input: { runId: string; epoch: number; component: string }, deps: Deps, slice: Slice) {
  const context = await componentContext(deps, input, slice);
  const work = await loadWork(deps, context.writer, componentKey(input.runId, input.component));
  // Never prepared, so nothing was done; or back already.
  if (!work || work.state.status === 'open' || work.state.status === 'undone') return { outcome: 'done' };
  // It failed before it had a rollback point: nothing was done either.
  const outcome = work.state.rollbackPoint ? await undo(context) : ({ outcome: 'done' } as const);
  if (outcome.outcome === 'more' || outcome.outcome === 'wait') return answerOf(outcome);
  await endUndo(deps, context.writer, input.component, outcome);
  return { outcome: outcome.outcome };
}

export const create = machineFunction({ input: componentInput, core });
export const handler = onAws(create);
