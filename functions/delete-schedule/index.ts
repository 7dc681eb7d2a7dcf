import { scheduleEndpoints } from '../../shared/api/schedule-endpoints.ts';
import { deleteSchedule } from '../../shared/schedules/change-schedule.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';
import { changeOf, viewOf } from '../schedules.ts';

const core: ApiCore<'delete-schedule'> = async (asked, deps, call) =>
  viewOf(await deleteSchedule(deps, changeOf(asked, deps, call)), deps.clock.now());

export const create = apiFunction(scheduleEndpoints['delete-schedule'], core);
export const handler = onAws(create);
