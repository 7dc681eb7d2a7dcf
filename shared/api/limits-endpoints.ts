import * as z from 'zod';
import { DEFAULT_LIMITS } from '../admission/default-limits.ts';
import { limits } from '../admission/limits.ts';
import { endpoint, reason } from './endpoint.ts';

const told = z.object({
  limits,
  /** 0: nobody has set any, and those of the installation are in force. */
  rev: z.number(),
  /** Runs that hold a slot now. */
  underWay: z.number(),
  /** Runs that wait for one. */
  waiting: z.number(),
});
export type LimitsView = z.output<typeof told>;

/** The API of limits: how many runs may be under way, and who may start how many. */
export const limitsEndpoints = {
  'get-limits': endpoint('GET /v1/limits', z.strictObject({}), told, {
    role: 'viewer',
    of: 'plane',
    verbatim: true,
    refuses: [],
    example: { input: {}, output: { limits: DEFAULT_LIMITS, rev: 0, underWay: 3, waiting: 0 } },
  }),
  'put-limits': endpoint(
    'PUT /v1/limits',
    z.strictObject({
      limits,
      reason: reason.default(''),
      /** The revision that they are a change of; it has to be said, here or by If-Match. */
      ifRev: z.int().min(0).optional(),
    }),
    told,
    {
      role: 'admin',
      of: 'request',
      verbatim: true,
      refuses: ['LIMITS_REVISION', 'PRECONDITION_REQUIRED'],
      example: {
        input: { limits: { ...DEFAULT_LIMITS, atOnce: 20 }, reason: 'a bigger team', ifRev: 0 },
        output: { limits: { ...DEFAULT_LIMITS, atOnce: 20 }, rev: 1, underWay: 3, waiting: 0 },
      },
    },
  ),
} as const;
