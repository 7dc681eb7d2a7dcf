import type { EndpointRequest } from '../../shared/api/endpoints.ts';
import { scheduleEndpoints } from '../../shared/api/schedule-endpoints.ts';
import { ScheduleInvalidError } from '../../shared/errors/schedule-errors.ts';
import { environmentOf } from '../../shared/plan/locks.ts';
import { putSchedule } from '../../shared/schedules/change-schedule.ts';
import { requirePlan } from '../checked-plan.ts';
import type { Deps } from '../deps.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';
import { storePlan } from '../plans.ts';
import { changeOf, viewOf } from '../schedules.ts';

const core: ApiCore<'put-schedule'> = async (asked, deps, call) => {
  const plan = await keptPlan(asked, deps);
  const { timezone: zone, baseDir, expression, start, end, windowMinutes, catchUp, catchUpMost, overlap } = asked;
  const settings = { zone, baseDir, expression, start, end, windowMinutes, catchUp, catchUpMost, overlap };
  return viewOf(await putSchedule(deps, { ...changeOf(asked, deps, call), ...settings, plan }), deps.clock.now());
};

/** The plan is checked now, so that a mistake is told to whoever makes it, and again before each run. */
async function keptPlan({ plan: document, baseDir, environment = '' }: EndpointRequest<'put-schedule'>, deps: Deps) {
  if (!document) return undefined;
  const { plan, digest } = await requirePlan(deps, { plan: document, baseDir });
  requireHere(environmentOf(plan), environment || deps.environment);
  await storePlan(deps.artefacts, plan, digest);
  return { name: plan.name, digest, target: plan.target };
}

/** Whoever may change the schedule may then act where its plan does. */
function requireHere(acts: string, kept: string): void {
  if (acts === kept) return;
  const next = `Keep the schedule there: slipway schedules set NAME --environment ${acts}`;
  throw new ScheduleInvalidError(`The plan acts in ${acts}, and the schedule would be kept in ${kept}.`, { next });
}

export const create = apiFunction(scheduleEndpoints['put-schedule'], core);
export const handler = onAws(create);
