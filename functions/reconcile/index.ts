import * as z from 'zod';
import { reconcile } from '../../shared/run/reconcile.ts';
import type { Deps } from '../deps.ts';
import { machineFunction } from '../middleware/machine-function.ts';
import { onAws } from '../on-aws.ts';

/** Whatever the event says, everything that is open is looked at: events are best effort. */
const core = (_event: unknown, deps: Deps) => reconcile(deps);

export const create = machineFunction({ input: z.unknown(), core });
export const handler = onAws(create);
