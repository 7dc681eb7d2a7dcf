import { scheduleEndpoints } from '../../shared/api/schedule-endpoints.ts';
import { resumeSchedule } from '../../shared/schedules/change-schedule.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';
import { changeOf, viewOf } from '../schedules.ts';

const core: ApiCore<'resume-schedule'> = async (asked, deps, call) =>
  viewOf(await resumeSchedule(deps, changeOf(asked, deps, call)), deps.clock.now());

export const create = apiFunction(scheduleEndpoints['resume-schedule'], core);
export const handler = onAws(create);
