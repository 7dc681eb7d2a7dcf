import { scheduleEndpoints } from '../../shared/api/schedule-endpoints.ts';
import { scheduleKey } from '../../shared/run/keys.ts';
import { requireSchedule } from '../../shared/schedules/change-schedule.ts';
import { itemHistory } from '../item-history.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';

const core: ApiCore<'get-schedule-history'> = async ({ name, environment: named }, deps) => {
  const environment = named ?? deps.environment;
  await requireSchedule(deps, environment, name);
  return { events: await itemHistory(deps, scheduleKey(environment, name)) };
};

export const create = apiFunction(scheduleEndpoints['get-schedule-history'], core);
export const handler = onAws(create);
