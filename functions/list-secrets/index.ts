import { secretEndpoints } from '../../shared/api/secret-endpoints.ts';
import { readAll } from '../../shared/run/read-all.ts';
import { listSettings } from '../../shared/secrets/rotation/change-settings.ts';
import { readRotation, rotationKey } from '../../shared/secrets/rotation/rotation-state.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';
import { secretView } from '../secrets.ts';

const core: ApiCore<'list-secrets'> = async ({ environment: named }, { store, clock, environment: own }) => {
  const environment = named ?? own;
  const settings = await listSettings(store, environment);
  const items = await readAll(
    store,
    settings.map(({ secretId }) => rotationKey(secretId)),
  );
  const view = (one: (typeof settings)[number], at: number) => {
    const item = items[at];
    return secretView(one, item && readRotation(item), clock.now());
  };
  return { environment, rotated: settings.map(view) };
};

export const create = apiFunction(secretEndpoints['list-secrets'], core);
export const handler = onAws(create);
