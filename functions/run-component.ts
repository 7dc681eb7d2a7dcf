import { ComponentNotFoundError } from '../shared/errors/run-errors.ts';
import type { RolloutComponent } from '../shared/plan/plan.ts';
import { loadRun } from '../shared/run/run-access.ts';
import type { RunState } from '../shared/run/run-state.ts';
import type { Deps } from './deps.ts';
import { loadPlan } from './plans.ts';

/** A rollout of a run, by its name. Throws ComponentNotFoundError where there is none. */
export async function rolloutOf(
  deps: Deps,
  runId: string,
  name: string,
): Promise<{ readonly run: RunState; readonly component: RolloutComponent }> {
  const { run } = await loadRun(deps, runId);
  const plan = await loadPlan(deps.artefacts, run.plan.digest);
  const component = plan.phases.flatMap(({ components }) => components).find((one) => one.name === name);
  if (component?.kind === 'rollout') return { run, component };
  throw new ComponentNotFoundError(`${runId} has no rollout ${name}.`, { next: `slipway status ${runId}` });
}
