import { secretEndpoints } from '../../shared/api/secret-endpoints.ts';
import { askRotation } from '../../shared/secrets/rotation/ask-rotation.ts';
import { rotationToken } from '../../shared/secrets/rotation/rotation-token.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';
import { rotationView } from '../secrets.ts';

const core: ApiCore<'ask-rotation'> = async ({ secretId, environment, revokeOld }, deps, { actor, idempotencyKey }) => {
  const token = rotationToken(secretId, `${actor}/${idempotencyKey ?? deps.ids.next()}`);
  const request = { secretId, token, environment: environment ?? deps.environment, actor, revokeOld };
  return rotationView(token, await askRotation(deps, request));
};

export const create = apiFunction(secretEndpoints['ask-rotation'], core);
export const handler = onAws(create);
