import * as z from 'zod';
import { finishRun } from '../../shared/run/finish-run.ts';
import { writerInput } from '../component-context.ts';
import { crashOf, machineError } from '../crash.ts';
import type { Deps } from '../deps.ts';
import { machineFunction } from '../middleware/machine-function.ts';
import { onAws } from '../on-aws.ts';

const input = writerInput.extend({
  ending: z.object({
    outcome: z.enum(['completed', 'failed', 'paused', 'halted', 'crashed']),
    reason: z.string().optional(),
    error: machineError.optional(),
  }),
});

function core({ ending, ...writer }: z.output<typeof input>, deps: Deps) {
  const reason = ending.reason ?? (ending.error && describe(crashOf(ending.error)));
  return finishRun(deps, writer, { outcome: ending.outcome, ...(reason === undefined ? {} : { reason }) });
}

const describe = ({ code, message }: { code: string; message: string }): string =>
  code === message ? code : `${code}: ${message}`;

export const create = machineFunction({ input, core });
export const handler = onAws(create);
