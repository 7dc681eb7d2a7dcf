import { alertListing, readAlert } from '../../shared/alerts/alert-state.ts';
import { alertEndpoints } from '../../shared/api/alert-endpoints.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';

const core: ApiCore<'list-alerts'> = async ({ environment, status, severity, code, limit, cursor }, deps) => {
  const page = await deps.store.listIndex('listing', alertListing(environment ?? deps.environment), {
    limit,
    descending: true,
    ...(cursor === undefined ? {} : { cursor }),
  });
  const alerts = page.items
    .map(readAlert)
    .filter(
      (alert) =>
        alert.status === (status ?? alert.status) &&
        alert.severity === (severity ?? alert.severity) &&
        alert.code === (code ?? alert.code),
    );
  return { alerts, ...(page.cursor === undefined ? {} : { cursor: page.cursor }) };
};

export const create = apiFunction(alertEndpoints['list-alerts'], core);
export const handler = onAws(create);
