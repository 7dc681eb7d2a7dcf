import * as z from 'zod';
import { endpoint, reason } from './endpoint.ts';
import { environment } from './environment.ts';
import { metricsInput, metricsTaken } from './metrics.ts';

/** The API of the control plane itself. */
export const planeEndpoints = {
  'emergency-stop': endpoint(
    'POST /v1/emergency-stop',
    z.strictObject({
      environment,
      reason: reason.min(1),
      /** Lets runs go forward again; what was taken back stays so. */
      lift: z.boolean().default(false),
    }),
    z.object({
      environment: z.string(),
      halted: z.boolean(),
      flags: z.array(z.string()),
      runs: z.array(z.string()),
      problems: z.array(z.string()),
    }),
  ),
  'put-metrics': endpoint('POST /v1/metrics', metricsInput, metricsTaken),
  'get-health': endpoint(
    'GET /v1/health',
    z.strictObject({}),
    z.object({ status: z.enum(['ok', 'failing']), environment: z.string(), checks: z.record(z.string(), z.string()) }),
  ),
} as const;
