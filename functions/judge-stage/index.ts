import { judgeStage } from '../../shared/rollout/judge-stage.ts';
import type { Slice } from '../../shared/run/steps.ts';
import { answerOf, componentInput } from '../component-context.ts';
import type { Deps } from '../deps.ts';
import { rolloutContext } from '../kinds/rollout.ts';
import { machineFunction } from '../middleware/machine-function.ts';
import { onAws } from '../on-aws.ts';
import { rolloutComponent } from '../rollout-function.ts';

async function core(input: { runId: string; epoch: number; component: string }, deps: Deps, slice: Slice) {
  return answerOf(await judgeStage(rolloutContext(await rolloutComponent(deps, input, slice))));
}

export const create = machineFunction({ input: componentInput, core });
export const handler = onAws(create);
