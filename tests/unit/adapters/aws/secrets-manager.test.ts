import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { SecretsManager } from '../../../../adapters/aws/secrets-manager.ts';

const manager = mockClient(SecretsManagerClient);
const secrets = new SecretsManager({ client: new SecretsManagerClient({ region: 'eu-west-1' }) });
const failed = (name: string, message = 'hunter2') => Object.assign(new Error(message), { name });

beforeEach(() => manager.reset());

describe('SecretsManager', () => {
  it('describes a secret by its versions and their labels', async () => {
    manager.on(DescribeSecretCommand).resolves({ RotationEnabled: true, VersionIdsToStages: { v1: ['AWSCURRENT'] } });
    expect(await secrets.describe('db')).toEqual({
      id: 'db',
      rotationEnabled: true,
      deleted: false,
      versions: new Map([['v1', ['AWSCURRENT']]]),
    });
    manager.on(DescribeSecretCommand).resolves({ DeletedDate: new Date(0) });
    expect(await secrets.describe('db')).toMatchObject({ rotationEnabled: false, deleted: true });
    manager.on(DescribeSecretCommand).rejects(failed('ResourceNotFoundException'));
    expect(await secrets.describe('db')).toBeUndefined();
  });

  it('reads a version, or what has a label; nothing where there is no value', async () => {
    manager.on(GetSecretValueCommand, { SecretId: 'db', VersionId: 'v1' }).resolves({ VersionId: 'v1', SecretString: 'a' });
    manager
      .on(GetSecretValueCommand, { SecretId: 'db', VersionStage: 'AWSPENDING' })
      .rejects(failed('ResourceNotFoundException'));
    expect(await secrets.read('db', { version: 'v1' })).toEqual({ version: 'v1', text: 'a' });
    expect(await secrets.read('db', { stage: 'AWSPENDING' })).toBeUndefined();
  });

  it('takes a version without a value for none', async () => {
    manager.on(GetSecretValueCommand).resolves({ VersionId: 'v1' });
    expect(await secrets.read('db', { stage: 'AWSCURRENT' })).toBeUndefined();
  });

  it('refuses bytes', async () => {
    manager.on(GetSecretValueCommand).resolves({ VersionId: 'v1', SecretBinary: Uint8Array.of(1) });
    await expect(secrets.read('db', { version: 'v1' })).rejects.toMatchObject({ code: 'SECRET_BINARY' });
  });

  it('writes a version once', async () => {
    manager.on(PutSecretValueCommand).resolves({});
    await secrets.put('db', 'v2', 'b', 'AWSPENDING');
    expect(manager.commandCalls(PutSecretValueCommand)[0]?.args[0].input).toEqual({
      SecretId: 'db',
      ClientRequestToken: 'v2',
      SecretString: 'b',
      VersionStages: ['AWSPENDING'],
    });
    manager.on(PutSecretValueCommand).rejects(failed('ResourceExistsException'));
    await expect(secrets.put('db', 'v2', 'c', 'AWSPENDING')).rejects.toMatchObject({ code: 'SECRET_VERSION_TAKEN' });
  });

  it('moves a label only from where it was seen', async () => {
    manager.on(UpdateSecretVersionStageCommand).resolves({});
    await secrets.moveStage('db', 'AWSCURRENT', { from: 'v1', to: 'v2' });
    expect(manager.commandCalls(UpdateSecretVersionStageCommand)[0]?.args[0].input).toEqual({
      SecretId: 'db',
      VersionStage: 'AWSCURRENT',
      RemoveFromVersionId: 'v1',
      MoveToVersionId: 'v2',
    });
    manager.on(UpdateSecretVersionStageCommand).rejects(failed('InvalidParameterException'));
    await expect(secrets.moveStage('db', 'AWSPENDING', { from: 'v2' })).rejects.toMatchObject({ code: 'SECRET_STAGE_MOVED' });
  });

  it.each([
    ['ThrottlingException', 'SECRETS_UNAVAILABLE', true],
    ['InternalServiceError', 'SECRETS_UNAVAILABLE', true],
    ['TimeoutError', 'SECRETS_UNAVAILABLE', true],
    ['AccessDeniedException', 'SECRET_ACCESS', false],
    ['DecryptionFailure', 'SECRET_ACCESS', false],
    ['LimitExceededException', 'SECRET_ACCESS', false],
  ])('tells %s as %s, without a word of the service', async (name, code, retryable) => {
    for (const command of [GetSecretValueCommand, PutSecretValueCommand, UpdateSecretVersionStageCommand])
      manager.on(command as typeof GetSecretValueCommand).rejects(failed(name));
    const calls = [
      secrets.read('db', { version: 'v1' }),
      secrets.put('db', 'v', 'hunter2', 'AWSPENDING'),
      secrets.moveStage('db', 'AWSPENDING', { from: 'v' }),
    ];
    for (const call of calls) {
      const error: unknown = await call.then(undefined, (thrown: unknown) => thrown);
      expect(error).toMatchObject({ code, retryable });
      expect(`${(error as Error).message}${String((error as Error).cause)}`).not.toContain('hunter2');
    }
  });
});
