import { DescribeSecretCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

/** When a secret whose rotation is enabled was rotated last, or made where it never was: epoch ms. */
export async function lastRotation(client: SecretsManagerClient, secretId: string): Promise<number | undefined> {
  const found = await client.send(new DescribeSecretCommand({ SecretId: secretId }));
  if (found.RotationEnabled !== true || found.DeletedDate !== undefined) return undefined;
  return (found.LastRotatedDate ?? found.CreatedDate)?.getTime();
}
