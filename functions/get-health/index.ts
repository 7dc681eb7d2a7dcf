import { statusOf } from '../../shared/api/health.ts';
import { planeEndpoints } from '../../shared/api/plane-endpoints.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';
import { askPart, readHealth } from '../plane-health.ts';
import { rotationHealth } from '../secrets-health.ts';

const core: ApiCore<'get-health'> = async (_input, deps) => {
  const [health, rotation] = await Promise.all([readHealth(deps), askPart(deps, () => rotationHealth(deps))]);
  const checks = rotation ? { ...health.checks, rotation } : health.checks;
  return { ...health, status: statusOf(checks), checks };
};

export const create = apiFunction(planeEndpoints['get-health'], core);
export const handler = onAws(create);
