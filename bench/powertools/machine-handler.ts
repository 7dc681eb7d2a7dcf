import * as z from 'zod';
import { callEach } from './clients.ts';
import { wrapped } from './powertools.ts';

/** A function that a state machine calls, as Powertools' quick start writes it. */
export const handler = wrapped(
  z.object({ runId: z.string(), epoch: z.int(), component: z.string().optional() }),
  async ({ runId }) => callEach(runId),
);
