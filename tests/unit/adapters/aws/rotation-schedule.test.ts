import { DescribeSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { rotationSchedule } from '../../../../adapters/aws/rotation-schedule.ts';

const client = new SecretsManagerClient({ region: 'eu-central-1' });
const mock = mockClient(client);
const [made, rotated, next] = [new Date(1000), new Date(5000), new Date(9000)];
const monthly = { RotationEnabled: true, RotationRules: { AutomaticallyAfterDays: 30 }, CreatedDate: made };
const cron = { ScheduleExpression: 'cron(0 8 1 * ? *)', Duration: '3h' };

beforeEach(() => mock.reset());

describe('the schedule by which Secrets Manager rotates a secret', () => {
  it.each([
    ['it was rotated', { ...monthly, LastRotatedDate: rotated }, { expression: 'rate(30 days)', window: 0, last: 5000 }],
    ['it never was', monthly, { expression: 'rate(30 days)', window: 0 }],
    [
      'it has times of its own',
      { ...monthly, RotationRules: cron, LastRotatedDate: rotated, NextRotationDate: next },
      { expression: 'cron(0 8 1 * ? *)', window: 10_800_000, last: 5000, next: 9000 },
    ],
    ['its rotation is not enabled', { ...monthly, RotationEnabled: false }, undefined],
    ['it has no rules', { RotationEnabled: true, LastRotatedDate: rotated }, undefined],
    ['it is scheduled for deletion', { ...monthly, DeletedDate: made }, undefined],
  ])('is told where %s', async (_, answer, expected) => {
    mock.on(DescribeSecretCommand, { SecretId: 'db' }).resolves(answer);
    expect(await rotationSchedule(client, 'db')).toEqual(expected);
  });

  it('is not known where Secrets Manager does not answer', async () => {
    mock.on(DescribeSecretCommand).rejects(Object.assign(new Error('busy'), { name: 'InternalServiceError' }));
    await expect(rotationSchedule(client, 'db')).rejects.toMatchObject({ code: 'SECRETS_UNAVAILABLE' });
  });
});
