import * as z from 'zod';
import { PreparationError } from '../../shared/errors/run-errors.ts';
import type { Slice } from '../../shared/run/steps.ts';
import { answerOf, componentContext, componentInput } from '../component-context.ts';
import type { Deps } from '../deps.ts';
import { workBatchSegment } from '../kinds/batch.ts';
import { machineFunction } from '../middleware/machine-function.ts';
import { onAws } from '../on-aws.ts';

const input = componentInput.extend({ segment: z.int() });

async function core({ segment, ...named }: z.output<typeof input>, deps: Deps, slice: Slice) {
  const context = await componentContext(deps, named, slice);
  const { component } = context;
  if (component.kind === 'batch') return answerOf(await workBatchSegment({ ...context, component }, segment));
  throw new PreparationError(`${component.name} is a ${component.kind}, which has no segments.`, { next: 'Report this.' });
}

export const create = machineFunction({ input, core });
export const handler = onAws(create);
