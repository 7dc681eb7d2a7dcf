import { loadAlertSettings } from '../../shared/alerts/alert-settings.ts';
import { alertEndpoints } from '../../shared/api/alert-endpoints.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';

const core: ApiCore<'get-alert-settings'> = async ({ environment: named }, deps) => {
  const environment = named ?? deps.environment;
  return { environment, ...(await loadAlertSettings(deps.store, environment)) };
};

export const create = apiFunction(alertEndpoints['get-alert-settings'], core);
export const handler = onAws(create);
