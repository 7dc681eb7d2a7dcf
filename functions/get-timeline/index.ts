import { viewEndpoints } from '../../shared/api/view-endpoints.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';
import { readTimeline } from '../timeline.ts';

const core: ApiCore<'get-timeline'> = ({ runId, limit, cursor }, deps) => readTimeline(deps, runId, limit, cursor);

export const create = apiFunction(viewEndpoints['get-timeline'], core);
export const handler = onAws(create);
