import * as z from 'zod';
import type { Slice } from '../../shared/run/steps.ts';
import { answerOf, componentContext, componentInput } from '../component-context.ts';
import type { Deps } from '../deps.ts';
import { verify } from '../kinds/kinds.ts';
import { machineFunction } from '../middleware/machine-function.ts';
import { onAws } from '../on-aws.ts';

/** `cursor` is where the slice before ended; null at the beginning. */
const input = componentInput.extend({ cursor: z.json() });

async function core({ cursor, ...component }: z.output<typeof input>, deps: Deps, slice: Slice) {
  const outcome = await verify(await componentContext(deps, component, slice), cursor);
  return { cursor, ...answerOf(outcome) };
}

export const create = machineFunction({ input, core });
export const handler = onAws(create);
