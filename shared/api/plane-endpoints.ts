import * as z from 'zod';
import { endpoint, reason } from './endpoint.ts';
import { environment } from './environment.ts';
import { health } from './health.ts';
import { metricsInput, metricsQuery, metricsRead, metricsTaken } from './metrics.ts';
import { SAMPLE_HEALTH, SAMPLE_KEY, SAMPLE_RUN_ID } from './samples.ts';

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
    {
      role: 'operator',
      of: 'environment',
      refuses: [],
      example: {
        input: { environment: 'production', reason: 'customers see errors' },
        output: { environment: 'production', halted: true, flags: [SAMPLE_KEY], runs: [SAMPLE_RUN_ID], problems: [] },
      },
    },
  ),
  'put-metrics': endpoint('POST /v1/metrics', metricsInput, metricsTaken, {
    role: 'operator',
    of: 'request',
    refuses: [],
    example: {
      input: { data: [{ metric: 'SearchErrors', dimensions: { Service: 'search' }, at: 1_767_225_600_000, values: [0, 1] }] },
      output: { taken: 1, refused: [] },
    },
  }),
  'get-metrics': endpoint('GET /v1/metrics', metricsQuery, metricsRead, {
    role: 'viewer',
    of: 'request',
    refuses: [],
    example: {
      input: {
        ...{ metric: 'SearchErrors', dimensions: 'Service=search', statistic: 'Sum' },
        ...{ from: 1_767_225_600_000, to: 1_767_229_200_000, periodSeconds: 60 },
      },
      output: {
        ...{ namespace: 'Slipway', metric: 'SearchErrors', dimensions: { Service: 'search' }, statistic: 'Sum' },
        ...{ from: 1_767_225_600_000, to: 1_767_229_200_000, periodSeconds: 60 },
        figures: [{ at: 1_767_225_600_000, value: 1 }],
      },
    },
  }),
  'get-health': endpoint('GET /v1/health', z.strictObject({}), health, {
    role: 'viewer',
    of: 'plane',
    refuses: [],
    statusOf: ({ status }) => (status === 'down' ? 503 : 200),
    statuses: [200, 503],
    example: { input: {}, output: SAMPLE_HEALTH },
  }),
  'get-openapi': endpoint('GET /openapi.json', z.strictObject({}), z.looseObject({ openapi: z.literal('3.1.0') }), {
    role: 'viewer',
    of: 'plane',
    verbatim: true,
    refuses: [],
    example: { input: {}, output: { openapi: '3.1.0', info: { title: 'Slipway', version: '0.1.0' } } },
  }),
} as const;
