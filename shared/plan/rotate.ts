import * as z from 'zod';
import { secretName } from '../notation/names.ts';
import { duration, durationUpTo } from '../notation/quantities.ts';
import { check } from './check.ts';

const LONGEST_OVERLAP_MS = 30 * 86_400_000;

/** What the rotation of a secret says beside the name, retries and time-outs of every component. */
export const rotateShape = {
  kind: z.literal('rotate'),
  secretId: secretName.describe('The secret, by its name, as `slipway secrets set` has it.'),
  overlap: durationUpTo(LONGEST_OVERLAP_MS, 'since two credentials that are valid for longer are no rotation')
    .optional()
    .describe(
      "How long the old credential stays valid beside the new one, at most 30d; as the secret's settings say where absent.",
    ),
  settle: duration
    .prefault('0s')
    .describe('How long consumers are given to read the new credential before they are asked; shorter than `overlap`.'),
  checks: z
    .array(check)
    .max(100)
    .prefault([])
    .describe('What its consumers are asked: all must pass. The overlap goes on meanwhile.'),
};
