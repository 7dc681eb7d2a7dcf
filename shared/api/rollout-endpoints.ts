import * as z from 'zod';
import { component, endpoint, reason, runId } from './endpoint.ts';
import { SAMPLE_COMPONENT, SAMPLE_RUN_ID } from './samples.ts';

const at = { runId: SAMPLE_RUN_ID, component: SAMPLE_COMPONENT };
const refuses = ['RUN_NOT_FOUND', 'COMPONENT_NOT_FOUND', 'RUN_STATE', 'SUPERSEDED'];

/** The API of rollouts. */
export const rolloutEndpoints = {
  'promote-stage': endpoint(
    'POST /v1/runs/{runId}/components/{component}/promote',
    z.strictObject({ runId, component, reason: reason.default('') }),
    /** The stage, counted from 0; and within how long the rollout looks, and goes on. */
    z.object({ component: z.string(), stage: z.number(), by: z.string(), heardWithinMs: z.number().optional() }),
    {
      role: 'operator',
      of: 'run',
      refuses,
      example: {
        input: { ...at, reason: 'figures are good' },
        output: { component: SAMPLE_COMPONENT, stage: 2, by: 'ann', heardWithinMs: 60_000 },
      },
    },
  ),
  'lower-stage': endpoint(
    'POST /v1/runs/{runId}/components/{component}/stage',
    z.strictObject({ runId, component, stage: z.number().int().min(0).max(60), reason: reason.min(1) }),
    z.object({ component: z.string(), stage: z.number(), by: z.string() }),
    {
      role: 'operator',
      of: 'run',
      refuses,
      example: {
        input: { ...at, stage: 0, reason: 'errors in search' },
        output: { component: SAMPLE_COMPONENT, stage: 0, by: 'ann' },
      },
    },
  ),
} as const;
