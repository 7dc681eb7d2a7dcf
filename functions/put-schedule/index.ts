import type { EndpointRequest } from '../../shared/api/endpoints.ts';
import { scheduleEndpoints } from '../../shared/api/schedule-endpoints.ts';
import { ScheduleInvalidError } from '../../shared/errors/schedule-errors.ts';
import { environmentOf } from '../../shared/plan/locks.ts';
import { requirePlanVersion } from '../../shared/plan/stored-plans.ts';
import { putSchedule } from '../../shared/schedules/change-schedule.ts';
import type { ScheduleState } from '../../shared/schedules/schedule-state.ts';
import { requirePlan, requireStored } from '../checked-plan.ts';
import type { Deps } from '../deps.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';
import { storePlan } from '../plans.ts';
import { changeOf, viewOf } from '../schedules.ts';

const core: ApiCore<'put-schedule'> = async (asked, deps, call) => {
  const { plan, baseDir } = await planOf(asked, deps);
  const { timezone: zone, expression, start, end, windowMinutes, catchUp, catchUpMost, overlap } = asked;
  const settings = { zone, baseDir, expression, start, end, windowMinutes, catchUp, catchUpMost, overlap };
  return viewOf(await putSchedule(deps, { ...changeOf(asked, deps, call), ...settings, plan }), deps.clock.now());
};

interface Scheduled {
  readonly plan: ScheduleState['plan'] | undefined;
  readonly baseDir: string | undefined;
}

/** The plan is checked now, so that a mistake is told to whoever makes it, and again before each run. */
async function planOf({ plan: asked, baseDir, environment }: EndpointRequest<'put-schedule'>, deps: Deps): Promise<Scheduled> {
  if (!asked) return { plan: undefined, baseDir };
  const here = environment ?? deps.environment;
  if ('name' in asked) return keptPlan(deps, here, asked, baseDir);
  const { plan, digest } = await requirePlan(deps, { plan: asked, baseDir });
  requireHere(environmentOf(plan), here);
  await storePlan(deps.artefacts, plan, digest);
  return { plan: { name: plan.name, digest, target: plan.target }, baseDir };
}

async function keptPlan(
  deps: Deps,
  environment: string,
  { name, version }: { readonly name: string; readonly version?: number | undefined },
  baseDir: string | undefined,
): Promise<Scheduled> {
  const { digest, target, baseDir: folder } = await requirePlanVersion(deps.store, environment, name, version);
  await requireStored(deps, digest, baseDir ?? folder);
  return { plan: { name, digest, target, version: version ?? 'latest' }, baseDir: baseDir ?? folder };
}

/** Whoever may change the schedule may then act where its plan does. */
function requireHere(acts: string, kept: string): void {
  if (acts === kept) return;
  const next = `Keep the schedule there: slipway schedules set NAME --environment ${acts}`;
  throw new ScheduleInvalidError(`The plan acts in ${acts}, and the schedule would be kept in ${kept}.`, { next });
}

export const create = apiFunction(scheduleEndpoints['put-schedule'], core);
export const handler = onAws(create);
