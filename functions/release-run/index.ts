import { releaseRun } from '../../shared/run/roll-back.ts';
import { writerInput } from '../component-context.ts';
import type { Deps } from '../deps.ts';
import { machineFunction } from '../middleware/machine-function.ts';
import { onAws } from '../on-aws.ts';

async function core(writer: { runId: string; epoch: number }, deps: Deps) {
  return { outcome: 'released', ...(await releaseRun(deps, writer)) };
}

export const create = machineFunction({ input: writerInput, core });
export const handler = onAws(create);
