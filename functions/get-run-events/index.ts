import { timelineEvent } from '../../shared/api/timeline.ts';
import { viewEndpoints } from '../../shared/api/view-endpoints.ts';
import { readRunEvents } from '../../shared/run/read-run-events.ts';
import { loadRun } from '../../shared/run/run-access.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';

const core: ApiCore<'get-run-events'> = async ({ runId, ...page }, deps) => {
  await loadRun(deps, runId);
  const { events, ...rest } = await readRunEvents(deps, runId, page);
  return { events: events.map((event) => timelineEvent.parse(event)), ...rest };
};

export const create = apiFunction(viewEndpoints['get-run-events'], core);
export const handler = onAws(create);
