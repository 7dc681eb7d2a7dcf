import { EVERYWHERE } from '../../shared/access/caller.ts';
import { timelineEvent } from '../../shared/api/timeline.ts';
import { viewEndpoints } from '../../shared/api/view-endpoints.ts';
import { readFeed } from '../../shared/run/read-feed.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';

const core: ApiCore<'get-events'> = async (page, deps) => {
  const { events, ...rest } = await readFeed(deps, page);
  return { events: events.map((event) => timelineEvent.parse(event)), ...rest };
};

/** It tells of every environment. */
export const create = apiFunction(viewEndpoints['get-events'], core, { environmentsOf: () => [EVERYWHERE] });
export const handler = onAws(create);
