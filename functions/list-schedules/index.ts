import { scheduleEndpoints } from '../../shared/api/schedule-endpoints.ts';
import { listSchedules } from '../../shared/schedules/list-schedules.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';
import { viewOf } from '../schedules.ts';

const core: ApiCore<'list-schedules'> = async ({ environment: named }, deps) => {
  const environment = named ?? deps.environment;
  const schedules = await listSchedules(deps.store, environment);
  return { environment, schedules: schedules.map((schedule) => viewOf(schedule, deps.clock.now(), 1)) };
};

export const create = apiFunction(scheduleEndpoints['list-schedules'], core);
export const handler = onAws(create);
