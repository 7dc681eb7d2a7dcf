import * as z from 'zod';
import { restoreOld } from '../../shared/secrets/rotation/restore-old.ts';
import { revokeOld } from '../../shared/secrets/rotation/revoke-old.ts';
import type { RotationDeps } from '../../shared/secrets/rotation/rotation-context.ts';
import { takeStep } from '../../shared/secrets/rotation/take-step.ts';
import { secretName } from '../../shared/secrets/secret-name.ts';
import { count } from '../middleware/invocation.ts';

const SecretId = z.string().min(1).transform(secretName);
const asked = { SecretId, ClientRequestToken: z.string().min(1) };

/** The four steps as Secrets Manager asks for them, and what the control plane and a daily look ask besides. */
export const rotationEvent = z.union([
  z.object({ Step: z.literal('checkSecret'), SecretId }),
  z.object({ Step: z.literal('revokeSecret'), ...asked, since: z.number() }),
  z.object({ Step: z.string(), ...asked }),
]);
type RotationEvent = z.output<typeof rotationEvent>;

export interface RotationFunctionDeps {
  /** What the rotation of a secret reaches, as its settings are now. */
  readonly rotation: (secretId: string) => Promise<RotationDeps>;
  /** Epoch ms from which on it is late; undefined: it is not rotated by the clock. */
  readonly lateFrom: (secretId: string) => Promise<number | undefined>;
  readonly now: () => number;
}

/** Expected outcomes are answers; what it throws, Secrets Manager and the machine `revoke` know by its `name`. */
export async function rotateSecret(event: RotationEvent, deps: RotationFunctionDeps): Promise<object> {
  const { Step: step, SecretId: secretId } = event;
  if (!('ClientRequestToken' in event)) return look(secretId, deps);
  const rotation = { secretId, token: event.ClientRequestToken };
  const reached = await deps.rotation(secretId);
  if ('since' in event) return revokeOld(reached, { ...rotation, since: event.since });
  if (step === 'restoreSecret') await restoreOld(reached, rotation);
  else await takeStep(reached, step, rotation);
  return { outcome: 'done' };
}

/** A metric that nobody needs would be billed: nothing is told of a secret that is in time. */
async function look(secretId: string, { lateFrom, now }: RotationFunctionDeps): Promise<object> {
  const late = ((await lateFrom(secretId)) ?? Number.POSITIVE_INFINITY) <= now();
  if (late) count({ name: 'slipway_rotations_late_total', value: 1, labels: { secret: secretId } });
  return { outcome: late ? 'late' : 'in-time' };
}
