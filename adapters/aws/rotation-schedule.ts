import { DescribeSecretCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { RotationSchedule } from '../../shared/secrets/rotation/late-from.ts';
import { secretsFailure } from './secrets-manager.ts';

/** When Secrets Manager rotates a secret by itself; undefined: it does not. Throws as Secrets does. */
export async function rotationSchedule(client: SecretsManagerClient, secretId: string): Promise<RotationSchedule | undefined> {
  const found = await client.send(new DescribeSecretCommand({ SecretId: secretId })).catch((error: unknown) => {
    throw secretsFailure(secretId, error);
  });
  const { ScheduleExpression, AutomaticallyAfterDays, Duration } = found.RotationRules ?? {};
  const expression =
    ScheduleExpression ?? (AutomaticallyAfterDays === undefined ? undefined : `rate(${AutomaticallyAfterDays} days)`);
  if (found.RotationEnabled !== true || found.DeletedDate !== undefined || expression === undefined) return undefined;
  const [last, next] = [found.LastRotatedDate?.getTime(), found.NextRotationDate?.getTime()];
  return {
    expression,
    window: HOUR_MS * Number(Duration?.replace('h', '') ?? 0),
    ...(last === undefined ? {} : { last }),
    ...(next === undefined ? {} : { next }),
  };
}

const HOUR_MS = 3_600_000;
