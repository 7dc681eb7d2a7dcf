import { dashboardEndpoints } from '../../shared/api/dashboard-endpoints.ts';
import { readDashboard } from '../dashboard.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';

const core: ApiCore<'get-dashboard'> = ({ environment, experiments }, deps, { until }) =>
  readDashboard(deps, { environment: environment ?? deps.environment, verdicts: experiments === 'verdicts', until });

export const create = apiFunction(dashboardEndpoints['get-dashboard'], core);
export const handler = onAws(create);
