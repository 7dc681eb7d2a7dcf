import * as z from 'zod';
import { cleanUp } from '../../shared/cleaning/clean-up.ts';
import type { Slice } from '../../shared/run/steps.ts';
import type { Deps } from '../deps.ts';
import { logNote } from '../middleware/invocation.ts';
import { machineFunction } from '../middleware/machine-function.ts';
import { onAws } from '../on-aws.ts';

/** What it does not come to in its time is left to the next day. */
async function core(_event: unknown, deps: Deps, { until }: Slice) {
  const { retention, auditRetention } = deps;
  const cleaning = await cleanUp(deps, { retention, auditRetention, until });
  logNote('Cleaned up.', { ...cleaning, expired: cleaning.expired.length, removed: cleaning.removed.length });
  return cleaning;
}

export const create = machineFunction({ input: z.unknown(), core });
export const handler = onAws(create);
