import * as z from 'zod';
import { endpoint, page, runId } from './endpoint.ts';
import { runView } from './run-view.ts';
import { SAMPLE_COMPONENT, SAMPLE_EVENT, SAMPLE_RUN, SAMPLE_RUN_ID } from './samples.ts';
import { timelinePage } from './timeline.ts';

const NOTHING = { read: 0, written: 0, quarantined: 0, kept: 0 };
const NO_WRITES = { data: 0, checkpoints: 3, events: 3 };
const SAMPLE_VIEW: z.input<typeof runView> = {
  ...SAMPLE_RUN,
  onFailure: 'rollback',
  components: [
    { name: SAMPLE_COMPONENT, kind: 'task', phase: 'copy', status: 'working', steps: { done: 1, total: 3 }, writes: NO_WRITES },
  ],
  checks: [],
  locks: [{ resource: SAMPLE_RUN.target, holder: SAMPLE_RUN_ID, since: SAMPLE_RUN.createdAt, fence: 7 }],
  totals: { records: NOTHING, verification: { compared: 0, mismatches: 0 }, writes: NO_WRITES },
  seconds: 4,
  resting: false,
};

/** The API of runs: what there is to see. */
export const viewEndpoints = {
  'get-run': endpoint('GET /v1/runs/{runId}', z.strictObject({ runId }), runView, {
    role: 'viewer',
    of: 'run',
    refuses: ['RUN_NOT_FOUND'],
    example: { input: { runId: SAMPLE_RUN_ID }, output: SAMPLE_VIEW },
  }),
  'get-timeline': endpoint('GET /v1/runs/{runId}/timeline', z.strictObject({ runId, ...page }), timelinePage, {
    role: 'viewer',
    of: 'run',
    refuses: ['RUN_NOT_FOUND', 'CURSOR_UNKNOWN'],
    example: {
      input: { runId: SAMPLE_RUN_ID, limit: 100 },
      output: { events: [SAMPLE_EVENT], cursor: 'MDAxNzY3MjI1NjAwMDAwL1JVTi8wMDAwMDAwMDE', more: false, broken: [] },
    },
  }),
} as const;
