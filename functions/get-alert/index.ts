import { loadAlert } from '../../shared/alerts/keep-alerts.ts';
import { alertEndpoints } from '../../shared/api/alert-endpoints.ts';
import { timelineEvent } from '../../shared/api/timeline.ts';
import { runEvent } from '../../shared/run/event-chain.ts';
import { flushEvent } from '../../shared/run/journal.ts';
import { alertKey } from '../../shared/run/keys.ts';
import { listAll } from '../../shared/run/list-all.ts';
import { storedEvent } from '../../shared/run/run-state.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';

const core: ApiCore<'get-alert'> = async ({ alertId }, deps) => {
  const { alert, item } = await loadAlert(deps, alertId);
  // An event that still rides in the alert is put into its history first.
  await flushEvent(deps, item);
  const key = alertKey(alertId);
  const events = await listAll(deps.store, key.pk, 'EVENT#');
  const history = events.map((event) => timelineEvent.parse(runEvent(key, storedEvent.parse(event))));
  return { ...alert, history: history.sort((a, b) => a.rev - b.rev) };
};

export const create = apiFunction(alertEndpoints['get-alert'], core);
export const handler = onAws(create);
