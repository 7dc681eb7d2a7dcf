import * as z from 'zod';
import { keepRotations } from '../../shared/secrets/rotation/keep-rotations.ts';
import { machineFunction } from '../middleware/machine-function.ts';
import { onAws } from '../on-aws.ts';

export const create = machineFunction({ input: z.unknown(), core: (_event, deps) => keepRotations(deps) });
export const handler = onAws(create);
