import * as z from 'zod';
import { component, endpoint, reason, runId } from './endpoint.ts';

/** The API of rollouts. */
export const rolloutEndpoints = {
  'promote-stage': endpoint(
    'POST /v1/runs/{runId}/components/{component}/promote',
    z.strictObject({ runId, component, reason: reason.default('') }),
    /** The stage, counted from 0. */
    z.object({ component: z.string(), stage: z.number(), by: z.string() }),
  ),
  'lower-stage': endpoint(
    'POST /v1/runs/{runId}/components/{component}/stage',
    z.strictObject({ runId, component, stage: z.number().int().min(0).max(60), reason: reason.min(1) }),
    z.object({ component: z.string(), stage: z.number(), by: z.string() }),
  ),
} as const;
