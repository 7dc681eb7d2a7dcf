import { orderPhases } from '../../shared/plan/phase-order.ts';
import { admitRun } from '../../shared/run/admit-run.ts';
import { runContext, writerInput } from '../component-context.ts';
import type { Deps } from '../deps.ts';
import { machineFunction } from '../middleware/machine-function.ts';
import { onAws } from '../on-aws.ts';

/** For locks it is asked again after so long, s: a twentieth of what it has waited, so that a long wait stays within one execution. */
const SHORTEST = 5;
const LONGEST = 300;
/** For its turn, s: a hundredth of that, so that a slot that others wait for is soon taken, and a tenth of a second for each that is ahead. */
const SHORTEST_TURN = 1;

async function core(writer: { runId: string; epoch: number }, deps: Deps) {
  const { run, plan } = await runContext(deps, writer);
  const admission = await admitRun(deps, writer);
  if (admission.outcome === 'waiting') {
    const { position, since = run.createdAt } = { position: undefined, since: run.createdAt, ...admission };
    const waited = (deps.clock.now() - since) / 1000;
    const seconds =
      position === undefined ? Math.max(SHORTEST, waited / 20) : Math.max(SHORTEST_TURN, waited / 100, position / 10);
    return { ...admission, waitSeconds: Math.round(Math.min(LONGEST, seconds)) };
  }
  if (admission.outcome !== 'admitted') return admission;
  const levels = orderPhases(plan).map((phases) => ({
    components: phases.flatMap(({ components }) => components.map(({ name }) => name)),
  }));
  return { ...admission, levels, levelCount: levels.length };
}

export const create = machineFunction({ input: writerInput, core });
export const handler = onAws(create);
