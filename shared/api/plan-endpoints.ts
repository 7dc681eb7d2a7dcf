import * as z from 'zod';
import { endpoint } from './endpoint.ts';
import { planSource } from './plan-document.ts';
import { planProblem } from './problem-detail.ts';
import { SAMPLE_PLAN } from './samples.ts';

/** The API of plans. */
export const planEndpoints = {
  'validate-plan': endpoint(
    'POST /v1/plans/validate',
    z.strictObject(planSource),
    z.discriminatedUnion('valid', [
      /** `description` is a PlanDescription of shared/plan. */
      z.object({ valid: z.literal(true), digest: z.string(), description: z.looseObject({}) }),
      z.object({ valid: z.literal(false), problems: z.array(planProblem) }),
    ]),
    {
      role: 'operator',
      of: 'plane',
      reads: true,
      refuses: [],
      example: {
        input: { plan: SAMPLE_PLAN },
        output: {
          valid: false,
          problems: [
            {
              code: 'MISSING',
              message: 'phases[0].components[0].for is missing',
              path: ['phases', 0, 'components', 0, 'for'],
              line: 5,
              column: 9,
            },
          ],
        },
      },
    },
  ),
} as const;
