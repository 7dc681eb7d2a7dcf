import * as z from 'zod';
import { component, endpoint, page, runId } from './endpoint.ts';
import { quarantinePage, quarantineRetried } from './quarantine.ts';
import { SAMPLE_COMPONENT, SAMPLE_RUN_ID } from './samples.ts';

const record = { component: SAMPLE_COMPONENT, segment: 0, key: { id: 'berlin' }, error: 'population must be a number' };

/** The API of quarantined records. */
export const quarantineEndpoints = {
  'list-quarantine': endpoint(
    'GET /v1/runs/{runId}/quarantine',
    z.strictObject({ runId, component: component.optional(), ...page }),
    quarantinePage,
    {
      role: 'viewer',
      of: 'run',
      refuses: ['RUN_NOT_FOUND', 'CURSOR_UNKNOWN'],
      example: { input: { runId: SAMPLE_RUN_ID, limit: 100 }, output: { records: [record] } },
    },
  ),
  'retry-quarantine': endpoint(
    'POST /v1/runs/{runId}/quarantine/retry',
    z.strictObject({ runId, component: component.optional() }),
    quarantineRetried,
    {
      role: 'operator',
      of: 'run',
      refuses: ['RUN_NOT_FOUND', 'COMPONENT_NOT_FOUND', 'RUN_STATE'],
      example: {
        input: { runId: SAMPLE_RUN_ID, component: SAMPLE_COMPONENT },
        output: { succeeded: 1, failed: [], more: false },
      },
    },
  ),
} as const;
