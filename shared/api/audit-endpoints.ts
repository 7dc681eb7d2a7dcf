import * as z from 'zod';
import { endpoint, page } from './endpoint.ts';
import { SAMPLE_RUN_ID } from './samples.ts';

const auditEntry = z.object({
  /** Epoch ms. */
  at: z.number(),
  actor: z.string(),
  type: z.string(),
  /** `RUN#…`, `FLAG#environment#key`, `HALT#environment`, or `DENIED#…` of a refusal. */
  of: z.string(),
  environment: z.string().optional(),
  runId: z.string().optional(),
  data: z.record(z.string(), z.json()),
});
export type AuditEntry = z.output<typeof auditEntry>;

const verifiedItem = z.object({
  /** `RUN#…`, `FLAG#environment#key` and so on, with all that belongs to it. */
  of: z.string(),
  environment: z.string().optional(),
  /** How many were verified. */
  events: z.number(),
  /** Where a chain does not follow: an event was changed, taken away, put between or added. */
  broken: z.array(z.object({ item: z.string(), rev: z.number() })),
});
export type VerifiedItem = z.output<typeof verifiedItem>;

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
  'verify-audit': endpoint(
    'GET /v1/audit/verify',
    z.strictObject({
      /** Verifies this alone: the `of` of an entry. */
      of: z.string().min(1).max(1000).optional(),
      /** Whatever has an event in it (UTC); this month where left out. */
      month: z
        .string()
        .regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'must be a month such as 2026-11')
        .optional(),
      /** How many entries of the trail are looked at, each of whose chains is verified once. */
      limit: page.limit,
      cursor: page.cursor,
    }),
    z.object({ items: z.array(verifiedItem), cursor: z.string().optional() }),
    {
      role: 'viewer',
      of: 'many',
      refuses: ['CURSOR_UNKNOWN', 'AUDIT_ITEM_NOT_FOUND'],
      example: {
        input: { month: '2026-11' },
        output: {
          items: [{ of: `RUN#${SAMPLE_RUN_ID}`, environment: 'production', events: 42, broken: [{ item: 'RUN', rev: 7 }] }],
        },
      },
    },
  ),
} as const;
