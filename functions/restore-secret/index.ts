import { secretEndpoints } from '../../shared/api/secret-endpoints.ts';
import { loadRotation } from '../../shared/secrets/rotation/change-rotation.ts';
import { requireSettings } from '../../shared/secrets/rotation/change-settings.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';
import { secretView } from '../secrets.ts';

const core: ApiCore<'restore-secret'> = async ({ secretId, environment, version: token }, deps) => {
  const settings = await requireSettings(deps, { secretId, environment: environment ?? deps.environment });
  await deps.oldCredentials.restore({ secretId, token });
  return secretView(settings, await loadRotation(deps, secretId), deps.clock.now());
};

export const create = apiFunction(secretEndpoints['restore-secret'], core);
export const handler = onAws(create);
