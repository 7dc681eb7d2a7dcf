import { putAlertSettings } from '../../shared/alerts/alert-settings.ts';
import { alertEndpoints } from '../../shared/api/alert-endpoints.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';

const core: ApiCore<'put-alert-settings'> = async ({ environment: named, ...change }, deps, { actor }) => {
  const environment = named ?? deps.environment;
  return { environment, ...(await putAlertSettings(deps, { environment, ...change, actor })) };
};

export const create = apiFunction(alertEndpoints['put-alert-settings'], core);
export const handler = onAws(create);
