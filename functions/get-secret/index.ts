import { secretEndpoints } from '../../shared/api/secret-endpoints.ts';
import { requireSettings } from '../../shared/secrets/rotation/change-settings.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';
import { secretDetail } from '../secrets.ts';

const core: ApiCore<'get-secret'> = async ({ secretId, environment }, deps) =>
  secretDetail(deps, await requireSettings(deps, { secretId, environment: environment ?? deps.environment }));

export const create = apiFunction(secretEndpoints['get-secret'], core);
export const handler = onAws(create);
