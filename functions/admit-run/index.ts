import { orderPhases } from '../../shared/plan/phase-order.ts';
import { admitRun } from '../../shared/run/admit-run.ts';
import { runContext, writerInput } from '../component-context.ts';
import type { Deps } from '../deps.ts';
import { machineFunction } from '../middleware/machine-function.ts';
import { onAws } from '../on-aws.ts';

/** Asked again after so long, s: a twentieth of what it has waited, so that a long wait stays within one execution. */
const SHORTEST = 5;
const LONGEST = 300;

async function core(writer: { runId: string; epoch: number }, deps: Deps) {
  const { run, plan } = await runContext(deps, writer);
  const admission = await admitRun(deps, writer);
  if (admission.outcome === 'waiting') {
    const waited = (deps.clock.now() - run.createdAt) / 1000;
    return { ...admission, waitSeconds: Math.round(Math.min(LONGEST, Math.max(SHORTEST, waited / 20))) };
  }
  if (admission.outcome !== 'admitted') return admission;
  const levels = orderPhases(plan).map((phases) => ({
    components: phases.flatMap(({ components }) => components.map(({ name }) => name)),
  }));
  return { ...admission, levels, levelCount: levels.length };
}

export const create = machineFunction({ input: writerInput, core });
export const handler = onAws(create);
