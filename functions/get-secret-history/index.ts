import { secretEndpoints } from '../../shared/api/secret-endpoints.ts';
import { flushEvent } from '../../shared/run/journal.ts';
import { loadRotation } from '../../shared/secrets/rotation/change-rotation.ts';
import { requireSettings } from '../../shared/secrets/rotation/change-settings.ts';
import { rotationSettingsKey } from '../../shared/secrets/rotation/rotation-settings.ts';
import { rotationKey } from '../../shared/secrets/rotation/rotation-state.ts';
import { itemHistory } from '../item-history.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';
import { windowView } from '../secrets.ts';

const core: ApiCore<'get-secret-history'> = async ({ secretId, environment, limit }, deps) => {
  await requireSettings(deps, { secretId, environment: environment ?? deps.environment });
  const state = await loadRotation(deps, secretId);
  // Of both items that there are of a secret: they share a partition.
  await flushEvent(deps, await deps.store.read(rotationSettingsKey(secretId)));
  const events = await itemHistory(deps, rotationKey(secretId));
  const newest = events.toSorted((a, b) => b.at - a.at || b.rev - a.rev);
  const windows = [...(state?.window ? [state.window] : []), ...(state?.history ?? [])];
  return { windows: windows.map(windowView), events: newest.slice(0, limit), more: newest.length > limit };
};

export const create = apiFunction(secretEndpoints['get-secret-history'], core);
export const handler = onAws(create);
