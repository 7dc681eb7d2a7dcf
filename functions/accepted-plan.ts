import { PlanChangedError } from '../shared/api/api-errors.ts';
import type { EndpointRequest } from '../shared/api/endpoints.ts';
import type { PlanDocument } from '../shared/api/plan-document.ts';
import { diffPlans, type PlanDiff } from '../shared/plan/diff-plans.ts';
import { locksOf } from '../shared/plan/locks.ts';
import type { Plan } from '../shared/plan/plan.ts';
import { componentsOf } from '../shared/run/finish-run.ts';
import { loadRun } from '../shared/run/run-access.ts';
import type { RunState } from '../shared/run/run-state.ts';
import { requirePlan } from './checked-plan.ts';
import type { Deps } from './deps.ts';
import { loadPlan, plannedComponents, storePlan } from './plans.ts';

/** The digest of the plan that a run is to go on with, or undefined where it is the one that it began with. */
export async function acceptedPlan(
  deps: Deps,
  document: PlanDocument,
  input: EndpointRequest<'resume-run'>,
): Promise<string | undefined> {
  const { plan, digest } = await requirePlan(deps, { plan: document, baseDir: input.baseDir });
  const { run } = await loadRun(deps, input.runId);
  if (digest === run.plan.digest) return undefined;
  const diff = await differences(deps, run, plan);
  if (diff.forbidden.length > 0) {
    throw new PlanChangedError('The plan changed in ways that a run under way cannot take over.', diff, {
      next: `Go on with the plan as it was, or: slipway rollback ${run.id} -m REASON`,
    });
  }
  if (!input.acceptPlanChange) {
    throw new PlanChangedError('The plan is not the one that the run began with.', diff, {
      next: 'Look at the difference, then repeat the command with --accept-plan-change.',
    });
  }
  await storePlan(deps.artefacts, plan, digest);
  return digest;
}

async function differences(deps: Deps, run: RunState, plan: Plan): Promise<PlanDiff> {
  const components = await componentsOf(deps, run);
  const begun = components.filter(({ work }) => work?.status === 'completed').map(({ name }) => name);
  const diff = diffPlans(await loadPlan(deps.artefacts, run.plan.digest), plan, begun);
  return { ...diff, forbidden: [...diff.forbidden, ...unfit(run, plan)] };
}

/** What was fixed when the run was created: its components in their order, and its locks. */
function unfit(run: RunState, plan: Plan): PlanDiff['forbidden'] {
  const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
  const planned = (components: RunState['components']) => components.map(({ name, kind, phase }) => [name, kind, phase]);
  return [
    ...(same(planned(run.components), planned(plannedComponents(plan)))
      ? []
      : [{ subject: 'components', why: 'a run keeps its components, their kinds and their order' }]),
    ...(same([...run.resources].sort(), locksOf(plan)) ? [] : [{ subject: 'tables', why: 'a run keeps the locks that it took' }]),
  ];
}
