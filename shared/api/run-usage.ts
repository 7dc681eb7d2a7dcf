import * as z from 'zod';
import { runStatus } from '../run/run-state.ts';
import { PRICES, type Priced } from '../usage/prices.ts';

/** Of Slipway's own functions, not of those of users; `costUsd` is an estimate by list prices, also where nothing is billed. */
const usage = z.object({
  cpuSeconds: z.number(),
  /** The most that was resident in one process. */
  peakMemoryMb: z.number(),
  sentBytes: z.number(),
  receivedBytes: z.number(),
  /** Of functions. */
  calls: z.number(),
  /** DynamoDB's request units: 4 KB read, 1 KB written. */
  reads: z.number(),
  writes: z.number(),
  costUsd: z.number(),
});

/** What has been used for a run by now. */
export const runUsage = usage.extend({
  runId: z.string(),
  status: runStatus,
  /** What the estimate is made of. */
  cost: z.array(z.object({ unit: z.enum(Object.keys(PRICES) as [Priced, ...Priced[]]), amount: z.number(), usd: z.number() })),
  /** In the order of the phases. */
  components: z.array(usage.extend({ name: z.string() })),
});
export type RunUsageView = z.output<typeof runUsage>;
