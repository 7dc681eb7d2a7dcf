import * as z from 'zod';
import { runStatus } from '../run/run-state.ts';
import { endpoint, page, reason, runId } from './endpoint.ts';
import { SAMPLE_RUN, SAMPLE_RUN_ID } from './samples.ts';

const heldLock = z.object({
  /** `target:ENVIRONMENT/NAME`, `table:NAME`, `flag:ENVIRONMENT/KEY`. */
  resource: z.string(),
  holder: z.string(),
  /** Epoch ms. */
  since: z.number(),
  /** Grows with each holder. */
  fence: z.number(),
  /** Of the run that holds it. */
  environment: z.string(),
  status: runStatus,
});
export type HeldLock = z.output<typeof heldLock>;

const SAMPLE_LOCK = {
  resource: 'target:production/cities',
  holder: SAMPLE_RUN_ID,
  since: SAMPLE_RUN.createdAt,
  fence: 7,
  environment: 'production',
  status: 'failed',
} as const;

/** The API of locks. */
export const lockEndpoints = {
  'list-locks': endpoint(
    'GET /v1/locks',
    z.strictObject(page),
    z.object({ locks: z.array(heldLock), cursor: z.string().optional() }),
    { role: 'viewer', of: 'many', refuses: ['CURSOR_UNKNOWN'], example: { input: {}, output: { locks: [SAMPLE_LOCK] } } },
  ),
  'break-lock': endpoint(
    'POST /v1/runs/{runId}/locks/break',
    z.strictObject({
      /** The run that holds it. */
      runId,
      resource: z.string().min(1).max(1000),
      /** The resource once more: what was done beneath the lock may be half done. */
      confirm: z.string().max(1000),
      reason: reason.min(1),
    }),
    z.object({ resource: z.string(), holder: z.string(), status: runStatus.optional() }),
    {
      role: 'admin',
      of: 'run',
      refuses: ['RUN_NOT_FOUND', 'LOCK_NOT_HELD', 'LOCK_BUSY', 'RUN_STATE', 'NOT_CONFIRMED'],
      example: {
        input: {
          runId: SAMPLE_RUN_ID,
          resource: 'target:production/cities',
          confirm: 'target:production/cities',
          reason: 'the run will not be taken up again',
        },
        output: { resource: 'target:production/cities', holder: SAMPLE_RUN_ID, status: 'failed' },
      },
    },
  ),
} as const;
