import * as z from 'zod';
import { endpoint, page, runId } from './endpoint.ts';
import { runView } from './run-view.ts';
import { timelinePage } from './timeline.ts';

/** The API of runs: what there is to see. */
export const viewEndpoints = {
  'get-run': endpoint('GET /v1/runs/{runId}', z.strictObject({ runId }), runView),
  'get-timeline': endpoint('GET /v1/runs/{runId}/timeline', z.strictObject({ runId, ...page }), timelinePage),
} as const;
