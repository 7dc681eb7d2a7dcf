import { planeEndpoints } from '../../shared/api/plane-endpoints.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';

const core: ApiCore<'get-health'> = async (_input, deps) => {
  const store = await deps.store.read({ pk: 'HEALTH', sk: 'HEALTH' }).then(
    () => 'ok',
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  return { status: store === 'ok' ? 'ok' : 'failing', environment: deps.environment, checks: { store } };
};

export const create = apiFunction(planeEndpoints['get-health'], core);
export const handler = onAws(create);
