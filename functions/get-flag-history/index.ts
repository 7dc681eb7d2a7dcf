import { flagEndpoints } from '../../shared/api/flag-endpoints.ts';
import { timelineEvent } from '../../shared/api/timeline.ts';
import { runEvent } from '../../shared/run/event-chain.ts';
import { flushEvent } from '../../shared/run/journal.ts';
import { flagKey } from '../../shared/run/keys.ts';
import { storedEvent } from '../../shared/run/run-state.ts';
import { requireFlag } from '../flags.ts';
import { listAll } from '../list-all.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';

const core: ApiCore<'get-flag-history'> = async ({ key, environment: named }, deps) => {
  const environment = named ?? deps.environment;
  await requireFlag(deps, environment, key);
  const of = flagKey(environment, key);
  // An event that still rides in the flag is put into its history first.
  await flushEvent(deps, await deps.store.read(of));
  const items = await listAll(deps.store, of.pk, 'EVENT#');
  const events = items.map((item) => timelineEvent.parse(runEvent(of, storedEvent.parse(item))));
  return { events: events.sort((a, b) => a.rev - b.rev) };
};

export const create = apiFunction(flagEndpoints['get-flag-history'], core);
export const handler = onAws(create);
