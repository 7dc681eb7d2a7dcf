import { acknowledgeAlert } from '../../shared/alerts/keep-alerts.ts';
import { alertEndpoints } from '../../shared/api/alert-endpoints.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';

const core: ApiCore<'acknowledge-alert'> = ({ alertId, note }, deps, { actor }) =>
  acknowledgeAlert(deps, alertId, { actor, note });

export const create = apiFunction(alertEndpoints['acknowledge-alert'], core);
export const handler = onAws(create);
