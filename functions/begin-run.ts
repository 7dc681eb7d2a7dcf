import { environmentOf, flagsOf, locksOf } from '../shared/plan/locks.ts';
import type { Plan } from '../shared/plan/plan.ts';
import { requireNoWayBack } from '../shared/rollout/no-way-back.ts';
import { loadFlag } from '../shared/run/put-flag.ts';
import { type StartRequest, startRun } from '../shared/run/start-run.ts';
import type { CheckedPlan } from './checked-plan.ts';
import type { Deps } from './deps.ts';
import { plannedComponents } from './plans.ts';

/** Before the run takes the flag: with it the run before could be taken back no longer. */
export async function requireWaysBack(deps: Deps, plan: Plan): Promise<void> {
  for (const component of plan.phases.flatMap(({ components }) => components)) {
    if (component.kind !== 'rollout') continue;
    const flag = await loadFlag(deps.store, environmentOf(plan), component.flag);
    if (flag) await requireNoWayBack({ store: deps.store, now: deps.clock.now() }, flag, component);
  }
}

type How = Omit<
  StartRequest,
  | 'plan'
  | 'target'
  | 'environment'
  | 'onFailure'
  | 'resources'
  | 'flags'
  | 'components'
  | 'options'
  | 'semaphores'
  | 'rollbackWindow'
>;

/** Starts a run of a plan that is stored, whoever wants it: a person or a schedule. */
export function beginRun(deps: Deps, { plan, digest }: CheckedPlan, baseDir: string | undefined, how: How) {
  return startRun(deps, {
    ...how,
    plan: { name: plan.name, digest },
    target: plan.target,
    environment: environmentOf(plan),
    onFailure: plan.onFailure,
    resources: locksOf(plan),
    flags: flagsOf(plan),
    components: plannedComponents(plan),
    options: baseDir === undefined ? {} : { baseDir },
    semaphores: plan.semaphores ?? [],
    rollbackWindow: longestWindow(plan),
  });
}

const longestWindow = ({ phases }: Plan): number =>
  Math.max(0, ...phases.flatMap(({ components }) => components.map((one) => (one.kind === 'rollout' ? one.rollbackWindow : 0))));
