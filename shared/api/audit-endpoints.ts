import * as z from 'zod';
import { endpoint, page } from './endpoint.ts';
import { SAMPLE_RUN_ID } from './samples.ts';

const auditEntry = z.object({
  /** Epoch ms. */
  at: z.number(),
  actor: z.string(),
  type: z.string(),
  /** `RUN#…`, `FLAG#environment#key`, or `DENIED#…` of a refusal. */
  of: z.string(),
  environment: z.string().optional(),
  runId: z.string().optional(),
  data: z.record(z.string(), z.json()),
});
export type AuditEntry = z.output<typeof auditEntry>;

/** The API of the audit trail. */
export const auditEndpoints = {
  'list-audit': endpoint(
    'GET /v1/audit',
    z.strictObject({
      ...page,
      actor: z.string().max(1000).optional(),
      type: z.string().max(100).optional(),
      /** Epoch ms: nothing earlier. */
      since: z.coerce.number().int().min(0).max(8.64e15).optional(),
    }),
    z.object({ entries: z.array(auditEntry), cursor: z.string().optional() }),
    {
      role: 'viewer',
      of: 'many',
      refuses: ['CURSOR_UNKNOWN'],
      example: {
        input: { limit: 20, actor: 'ann' },
        output: {
          entries: [
            {
              at: 1_767_225_600_000,
              actor: 'ann',
              type: 'runCreated',
              of: `RUN#${SAMPLE_RUN_ID}`,
              environment: 'production',
              runId: SAMPLE_RUN_ID,
              data: { plan: 'cities', target: 'production/cities' },
            },
          ],
        },
      },
    },
  ),
} as const;
