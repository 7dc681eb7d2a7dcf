import { alertEndpoints } from '../../shared/api/alert-endpoints.ts';
import { alertSettingsKey } from '../../shared/run/keys.ts';
import { itemHistory } from '../item-history.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';

const core: ApiCore<'get-alert-settings-history'> = async ({ environment }, deps) => ({
  events: await itemHistory(deps, alertSettingsKey(environment ?? deps.environment)),
});

export const create = apiFunction(alertEndpoints['get-alert-settings-history'], core);
export const handler = onAws(create);
