import * as z from 'zod';
import type { Deps } from '../deps.ts';
import { noteKeys } from '../middleware/invocation.ts';
import { machineFunction } from '../middleware/machine-function.ts';
import { onAws } from '../on-aws.ts';

const input = z.object({ secretId: z.string().min(1), token: z.string().min(1), since: z.number() });

/** `at`: when there is to be asked again. */
async function core(window: z.output<typeof input>, { oldCredentials }: Deps) {
  noteKeys({ secret_id: window.secretId, secret_version: window.token });
  const revocation = await oldCredentials.revoke(window);
  return revocation.outcome === 'wait' ? { outcome: 'wait', at: new Date(revocation.until).toISOString() } : revocation;
}

export const create = machineFunction({ input, core });
export const handler = onAws(create);
