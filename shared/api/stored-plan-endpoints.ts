import * as z from 'zod';
import { planVersion } from '../plan/stored-plans.ts';
import { endpoint, page, reason } from './endpoint.ts';
import { environment } from './environment.ts';
import { planSource } from './plan-document.ts';
import { SAMPLE_PLAN, SAMPLE_RUN } from './samples.ts';

/** `/v1/plans/validate` is a path of its own. */
const name = z.string().regex(/^(?!validate$)[a-z0-9-]{1,48}$/, 'must be the name of a plan, and not validate');
const SAMPLE: z.input<typeof planVersion> = {
  ...{ environment: 'production', name: 'cities', version: 3, digest: SAMPLE_RUN.plan.digest, target: SAMPLE_RUN.target },
  ...{ actor: 'ann', reason: 'smaller segments', at: SAMPLE_RUN.createdAt },
};
const of = { name: 'cities', environment: 'production' };
const plans = z.object({ environment: z.string(), plans: z.array(planVersion), cursor: z.string().optional() });
const few = { ...page, limit: z.coerce.number().int().min(1).max(100).default(50) };

/** The API of plans that are kept, in versions that never change. */
export const storedPlanEndpoints = {
  'put-plan': endpoint(
    'PUT /v1/plans/{name}',
    z.strictObject({
      name,
      ...planSource,
      reason: reason.default(''),
      /** The version that the caller saw, 0 for none; otherwise it is refused (REVISION). */
      ifVersion: z.int().min(0).optional(),
    }),
    /** `created`: false where the latest version is this very plan. It is kept in the environment of its target. */
    z.object({ plan: planVersion, created: z.boolean() }),
    {
      role: 'operator',
      of: 'request',
      refuses: ['PLAN_INVALID', 'PLAN_NAME', 'REVISION'],
      example: {
        input: { name: 'cities', plan: SAMPLE_PLAN, reason: 'smaller segments', ifVersion: 2 },
        output: { plan: SAMPLE, created: true },
      },
    },
  ),
  'list-plans': endpoint('GET /v1/plans', z.strictObject({ environment, ...few }), plans, {
    role: 'viewer',
    of: 'environment',
    refuses: ['CURSOR_UNKNOWN'],
    example: {
      input: { environment: 'production', limit: 50 },
      output: { environment: 'production', plans: [SAMPLE] },
    },
  }),
  'get-plan': endpoint(
    'GET /v1/plans/{name}',
    z.strictObject({ name, environment, version: z.coerce.number().int().min(1).max(1e9).optional() }),
    /** `document` is the plan with all that it leaves out filled in. */
    z.object({ plan: planVersion, document: z.json() }),
    {
      role: 'viewer',
      of: 'environment',
      refuses: ['PLAN_NOT_FOUND', 'PREPARATION_FAILED'],
      example: {
        input: { ...of, version: 3 },
        output: { plan: SAMPLE, document: { slipway: 1, name: 'cities', target: SAMPLE_RUN.target, phases: [] } },
      },
    },
  ),
  'list-plan-versions': endpoint('GET /v1/plans/{name}/versions', z.strictObject({ name, environment, ...few }), plans, {
    role: 'viewer',
    of: 'environment',
    refuses: ['CURSOR_UNKNOWN'],
    example: { input: of, output: { environment: 'production', plans: [SAMPLE] } },
  }),
} as const;
