import { ForbiddenError } from '../../shared/access/access-errors.ts';
import { limitsOf } from '../../shared/admission/limits.ts';
import { loadLimits } from '../../shared/admission/stored-limits.ts';
import type { EndpointRequest } from '../../shared/api/endpoints.ts';
import { runEndpoints } from '../../shared/api/run-endpoints.ts';
import { environmentOf } from '../../shared/plan/locks.ts';
import { requirePlanVersion } from '../../shared/plan/stored-plans.ts';
import { beginRun, requireWaysBack } from '../begin-run.ts';
import { type CheckedPlan, environmentsOfPlan, requirePlan, requireStored } from '../checked-plan.ts';
import type { Deps } from '../deps.ts';
import { dryRun } from '../dry-run.ts';
import { type ApiCore, apiFunction, type Call } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';
import { storePlan } from '../plans.ts';
import { requireSamePlan } from './require-same-plan.ts';

const core: ApiCore<'start-run'> = async (input, deps, call) => {
  const { checked, baseDir } = await planOf(input, deps);
  await requireWaysBack(deps, checked.plan);
  if (input.dryRun) return { dryRun: true, report: await dryRun(deps, checked, baseDir, call.until) };
  return { dryRun: false, ...(await start({ ...input, baseDir }, deps, checked, call)) };
};

/** The plan that is given, or the one that is kept, as it is then. */
async function planOf({ plan, baseDir, environment }: EndpointRequest<'start-run'>, deps: Deps) {
  if (!('name' in plan)) return { checked: await requirePlan(deps, { plan, baseDir }), baseDir };
  const kept = await requirePlanVersion(deps.store, environment ?? deps.environment, plan.name, plan.version);
  const folder = baseDir ?? kept.baseDir;
  return { checked: await requireStored(deps, kept.digest, folder), baseDir: folder };
}

async function start(
  input: EndpointRequest<'start-run'>,
  deps: Deps,
  checked: CheckedPlan,
  { actor, idempotencyKey, roleIn }: Call,
) {
  const environment = environmentOf(checked.plan);
  const role = roleIn(environment);
  if (input.priority > MOST_FOR_OPERATORS && role !== 'admin') throw tooUrgent(input.priority);
  // Also where the call before died between the run and its answer, it is the same run. Nobody learns of another environment by a key.
  const claimed = input.idempotencyKey ?? (idempotencyKey && `${actor}#${idempotencyKey}`);
  await storePlan(deps.artefacts, checked.plan, checked.digest);
  const { limits } = await loadLimits(deps);
  const begun = await beginRun(deps, checked, input.baseDir, {
    actor,
    ...(role && { role }),
    queue: input.queue,
    priority: input.priority,
    limits: limitsOf(limits, actor, role),
    ...(claimed === undefined ? {} : { idempotencyKey: `${environment}#${claimed}` }),
  });
  if (!begun.created) requireSamePlan(begun.run, input.plan, checked);
  return begun;
}

/** What is more urgent than that, an administrator decides. */
const MOST_FOR_OPERATORS = 5;

const tooUrgent = (priority: number): ForbiddenError =>
  new ForbiddenError(`Priority ${priority} is for administrators; up to ${MOST_FOR_OPERATORS} is for everyone who starts runs.`, {
    next: `Start it with --priority ${MOST_FOR_OPERATORS}, or ask an administrator.`,
  });

export const create = apiFunction(runEndpoints['start-run'], core, {
  environmentsOf: ({ plan, environment }, deps) =>
    'name' in plan ? [environment ?? deps.environment] : environmentsOfPlan(plan),
});
export const handler = onAws(create);
