import { RotationStepError } from '../../shared/errors/secret-errors.ts';
import type { UserCode } from '../../shared/ports/user-code.ts';
import type { RotatedSystem } from '../../shared/secrets/rotation/rotated-system.ts';
import type { RotationPolicy } from '../../shared/secrets/rotation/rotation-settings.ts';
import type { TwoKeysOptions } from './two-keys.ts';

/** The system of a secret. Its driver is loaded when it is first asked for. `userCode`: what calls the task of a service with two keys. */
export async function namedSystem(
  { system, task }: Pick<RotationPolicy, 'system' | 'task'>,
  { userCode, clock }: Pick<TwoKeysOptions, 'clock'> & { readonly userCode: () => UserCode },
): Promise<RotatedSystem> {
  switch (system) {
    case 'postgresql':
      return (await import('./postgresql.ts')).postgresql;
    case 'postgresql-single-user':
      return (await import('./postgresql.ts')).postgresqlSingleUser;
    case 'mysql':
      return (await import('./mysql.ts')).mysql;
    case 'redis':
      return (await import('./redis.ts')).redis;
    case 'ssh-key':
      return (await import('./ssh-key.ts')).sshKey;
    case 'two-keys':
      if (task === undefined) throw new RotationStepError('No task is named that knows the service.', { next: 'Name it.' });
      return (await import('./two-keys.ts')).twoKeys({ userCode: userCode(), clock, ref: task });
  }
}
