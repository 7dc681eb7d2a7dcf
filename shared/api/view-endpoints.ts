import * as z from 'zod';
import { LONGEST_CURSOR } from '../run/event-cursor.ts';
import { endpoint, page, runId } from './endpoint.ts';
import { eventStreams } from './event-stream.ts';
import { runUsage } from './run-usage.ts';
import { runView } from './run-view.ts';
import { SAMPLE_COMPONENT, SAMPLE_EVENT, SAMPLE_RUN, SAMPLE_RUN_ID } from './samples.ts';
import { eventPage, timelinePage } from './timeline.ts';

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

/** Of the events of a run, which tells of each of its parts. */
const cursor = z.string().max(LONGEST_CURSOR).optional();
const SAMPLE_CURSOR = 'q1YKCvVTsjLWUXL29w3w93P1C1FOzi-o1E3OLMlMLVayMqoFAA';
const SAMPLE_USAGE = {
  cpuSeconds: 0.42,
  peakMemoryMb: 128,
  sentBytes: 51_200,
  receivedBytes: 40_960,
  calls: 7,
  reads: 31,
  writes: 24,
  costUsd: 0.000812,
};

/** The API of runs: what there is to see. */
export const viewEndpoints = {
  'get-run': endpoint('GET /v1/runs/{runId}', z.strictObject({ runId }), runView, {
    role: 'viewer',
    of: 'run',
    refuses: ['RUN_NOT_FOUND'],
    example: { input: { runId: SAMPLE_RUN_ID }, output: SAMPLE_VIEW },
  }),
  'get-usage': endpoint('GET /v1/runs/{runId}/usage', z.strictObject({ runId }), runUsage, {
    role: 'viewer',
    of: 'run',
    refuses: ['RUN_NOT_FOUND'],
    example: {
      input: { runId: SAMPLE_RUN_ID },
      output: {
        runId: SAMPLE_RUN_ID,
        status: 'running',
        ...SAMPLE_USAGE,
        cost: [{ unit: 'dynamodbWrite', amount: 24, usd: 0.000015 }],
        components: [{ name: SAMPLE_COMPONENT, ...SAMPLE_USAGE }],
      },
    },
  }),
  'get-timeline': endpoint('GET /v1/runs/{runId}/timeline', z.strictObject({ runId, ...page, cursor }), timelinePage, {
    role: 'viewer',
    of: 'run',
    refuses: ['RUN_NOT_FOUND', 'CURSOR_UNKNOWN'],
    example: {
      input: { runId: SAMPLE_RUN_ID, limit: 100 },
      output: { events: [SAMPLE_EVENT], cursor: SAMPLE_CURSOR, more: false, broken: [] },
    },
  }),
  'get-run-events': endpoint(
    `GET ${eventStreams.run}`,
    z.strictObject({
      runId,
      /** The cursor of the answer before; without it everything from the first event on. */
      since: cursor,
      limit: page.limit,
    }),
    eventPage,
    {
      role: 'viewer',
      of: 'run',
      refuses: ['RUN_NOT_FOUND', 'CURSOR_UNKNOWN'],
      example: {
        input: { runId: SAMPLE_RUN_ID, since: SAMPLE_CURSOR },
        output: { events: [SAMPLE_EVENT], cursor: SAMPLE_CURSOR, more: false },
      },
    },
  ),
  'get-events': endpoint(
    `GET ${eventStreams.all}`,
    z.strictObject({
      /** The cursor of the answer before; without it nothing is told yet, and the cursor begins now. */
      since: z.string().max(4000).optional(),
      limit: page.limit,
    }),
    eventPage,
    {
      role: 'viewer',
      of: 'request',
      refuses: ['CURSOR_UNKNOWN'],
      example: {
        input: { since: 'mjt5k1q80' },
        output: { events: [SAMPLE_EVENT], cursor: 'mjt5kacx3.Zk0PqW1x', more: false },
      },
    },
  ),
} as const;
