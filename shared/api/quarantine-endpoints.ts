import * as z from 'zod';
import { component, endpoint, page, runId } from './endpoint.ts';
import { quarantinePage, quarantineRetried } from './quarantine.ts';

/** The API of quarantined records. */
export const quarantineEndpoints = {
  'list-quarantine': endpoint(
    'GET /v1/runs/{runId}/quarantine',
    z.strictObject({ runId, component: component.optional(), ...page }),
    quarantinePage,
  ),
  'retry-quarantine': endpoint(
    'POST /v1/runs/{runId}/quarantine/retry',
    z.strictObject({ runId, component: component.optional() }),
    quarantineRetried,
  ),
} as const;
