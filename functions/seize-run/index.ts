import { orderPhases } from '../../shared/plan/phase-order.ts';
import { seizeRun } from '../../shared/run/roll-back.ts';
import { runContext, writerInput } from '../component-context.ts';
import type { Deps } from '../deps.ts';
import { machineFunction } from '../middleware/machine-function.ts';
import { onAws } from '../on-aws.ts';

async function core(writer: { runId: string; epoch: number }, deps: Deps) {
  const { plan, run } = await runContext(deps, writer);
  const seizure = await seizeRun(deps, writer);
  if (seizure.outcome !== 'seized') return seizure;
  const levels = orderPhases(plan).map((phases) => ({
    components: phases
      .flatMap(({ components }) => components.map(({ name }) => name))
      .filter((name) => !run.backTo?.keeps.includes(name))
      .reverse(),
  }));
  return { ...seizure, levels: levels.reverse(), levelCount: levels.length };
}

export const create = machineFunction({ input: writerInput, core });
export const handler = onAws(create);
