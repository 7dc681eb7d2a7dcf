import { ForbiddenError } from '../../shared/access/access-errors.ts';
import { limitsOf } from '../../shared/admission/limits.ts';
import { loadLimits } from '../../shared/admission/stored-limits.ts';
import type { EndpointRequest } from '../../shared/api/endpoints.ts';
import { runEndpoints } from '../../shared/api/run-endpoints.ts';
import { environmentOf, flagsOf, locksOf } from '../../shared/plan/locks.ts';
import type { Plan } from '../../shared/plan/plan.ts';
import { requireNoWayBack } from '../../shared/rollout/no-way-back.ts';
import { loadFlag } from '../../shared/run/put-flag.ts';
import { startRun } from '../../shared/run/start-run.ts';
import { type CheckedPlan, environmentsOfPlan, requirePlan } from '../checked-plan.ts';
import type { Deps } from '../deps.ts';
import { dryRun } from '../dry-run.ts';
import { type ApiCore, apiFunction, type Call } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';
import { plannedComponents, storePlan } from '../plans.ts';

const core: ApiCore<'start-run'> = async (input, deps, call) => {
  const checked = await requirePlan(deps, input);
  await requireWaysBack(deps, checked.plan);
  if (input.dryRun) return { dryRun: true, report: await dryRun(deps, checked, input.baseDir, call.until) };
  return { dryRun: false, ...(await start(input, deps, checked, call)) };
};

/** Before the run takes the flag: with it the run before could be taken back no longer. */
async function requireWaysBack(deps: Deps, plan: Plan): Promise<void> {
  for (const component of plan.phases.flatMap(({ components }) => components)) {
    if (component.kind !== 'rollout') continue;
    const flag = await loadFlag(deps.store, environmentOf(plan), component.flag);
    if (flag) await requireNoWayBack({ store: deps.store, now: deps.clock.now() }, flag, component);
  }
}

async function start(
  input: EndpointRequest<'start-run'>,
  deps: Deps,
  { plan, digest }: CheckedPlan,
  { actor, idempotencyKey, roleIn }: Call,
) {
  const environment = environmentOf(plan);
  const role = roleIn(environment);
  if (input.priority > MOST_FOR_OPERATORS && role !== 'admin') throw tooUrgent(input.priority);
  // Also where the call before died between the run and its answer, it is the same run. Nobody learns of another environment by a key.
  const claimed = input.idempotencyKey ?? (idempotencyKey && `${actor}#${idempotencyKey}`);
  await storePlan(deps.artefacts, plan, digest);
  const { limits } = await loadLimits(deps);
  return startRun(deps, {
    plan: { name: plan.name, digest },
    target: plan.target,
    environment,
    actor,
    ...(role && { role }),
    onFailure: plan.onFailure,
    resources: locksOf(plan),
    flags: flagsOf(plan),
    components: plannedComponents(plan),
    options: input.baseDir === undefined ? {} : { baseDir: input.baseDir },
    queue: input.queue,
    priority: input.priority,
    semaphores: plan.semaphores ?? [],
    limits: limitsOf(limits, actor, role),
    ...(claimed === undefined ? {} : { idempotencyKey: `${environment}#${claimed}` }),
  });
}

/** What is more urgent than that, an administrator decides. */
const MOST_FOR_OPERATORS = 5;

const tooUrgent = (priority: number): ForbiddenError =>
  new ForbiddenError(`Priority ${priority} is for administrators; up to ${MOST_FOR_OPERATORS} is for everyone who starts runs.`, {
    next: `Start it with --priority ${MOST_FOR_OPERATORS}, or ask an administrator.`,
  });

export const create = apiFunction(runEndpoints['start-run'], core, {
  environmentsOf: ({ plan }) => environmentsOfPlan(plan),
});
export const handler = onAws(create);
