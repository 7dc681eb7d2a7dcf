import { DescribeSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { lastRotation } from '../../../../adapters/aws/last-rotation.ts';

const client = new SecretsManagerClient({ region: 'eu-central-1' });
const mock = mockClient(client);
const [made, rotated] = [new Date(1000), new Date(5000)];

beforeEach(() => mock.reset());

describe('the last rotation of a secret', () => {
  it.each([
    ['it was rotated', { RotationEnabled: true, CreatedDate: made, LastRotatedDate: rotated }, 5000],
    ['it never was, and was made', { RotationEnabled: true, CreatedDate: made }, 1000],
    ['its rotation is not enabled', { RotationEnabled: false, LastRotatedDate: rotated }, undefined],
    ['it is scheduled for deletion', { RotationEnabled: true, LastRotatedDate: rotated, DeletedDate: made }, undefined],
  ])('is told where %s', async (_, answer, expected) => {
    mock.on(DescribeSecretCommand, { SecretId: 'db' }).resolves(answer);
    expect(await lastRotation(client, 'db')).toBe(expected);
  });

  it('is not known where Secrets Manager does not answer', async () => {
    mock.on(DescribeSecretCommand).rejects(Object.assign(new Error('busy'), { name: 'InternalServiceError' }));
    await expect(lastRotation(client, 'db')).rejects.toMatchObject({ code: 'SECRETS_UNAVAILABLE' });
  });
});
