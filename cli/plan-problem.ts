import type { z } from 'zod';
import type { planProblem } from '../shared/api/problem-detail.ts';

/** One thing that is wrong with a plan, as the API tells it. */
export type Problem = z.output<typeof planProblem>;
