import { scheduleEndpoints } from '../../shared/api/schedule-endpoints.ts';
import { requireSchedule } from '../../shared/schedules/change-schedule.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';
import { viewOf } from '../schedules.ts';

const core: ApiCore<'get-schedule'> = async ({ name, environment, next }, deps) =>
  viewOf(await requireSchedule(deps, environment ?? deps.environment, name), deps.clock.now(), next);

export const create = apiFunction(scheduleEndpoints['get-schedule'], core);
export const handler = onAws(create);
