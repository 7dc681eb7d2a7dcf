import { DescribeSecretCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { secretsFailure } from './secrets-manager.ts';

/** When a secret whose rotation is enabled was rotated last, or made where it never was: epoch ms. Throws as Secrets does. */
export async function lastRotation(client: SecretsManagerClient, secretId: string): Promise<number | undefined> {
  const found = await client.send(new DescribeSecretCommand({ SecretId: secretId })).catch((error: unknown) => {
    throw secretsFailure(secretId, error);
  });
  if (found.RotationEnabled !== true || found.DeletedDate !== undefined) return undefined;
  return (found.LastRotatedDate ?? found.CreatedDate)?.getTime();
}
