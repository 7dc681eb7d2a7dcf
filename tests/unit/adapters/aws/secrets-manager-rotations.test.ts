import { RotateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { SecretsManagerRotations } from '../../../../adapters/aws/secrets-manager-rotations.ts';

const TOKEN = 't'.repeat(40);
const manager = mockClient(SecretsManagerClient);
let versions = new Map<string, readonly string[]>();
const rotations = new SecretsManagerRotations({
  client: new SecretsManagerClient({ region: 'eu-west-1' }),
  secrets: { describe: async (id) => ({ id, rotationEnabled: true, deleted: false, versions }) },
});
const failed = (name: string) => Object.assign(new Error('hunter2'), { name });

beforeEach(() => {
  manager.reset();
  versions = new Map([['v0', ['AWSCURRENT']]]);
});

describe('SecretsManagerRotations', () => {
  it('asks by the token, at once', async () => {
    manager.on(RotateSecretCommand).resolves({});
    await rotations.begin('db', TOKEN);
    expect(manager.commandCalls(RotateSecretCommand)[0]?.args[0].input).toEqual({
      SecretId: 'db',
      ClientRequestToken: TOKEN,
      RotateImmediately: true,
    });
  });

  it('is content where another call with the same token was first', async () => {
    manager.on(RotateSecretCommand).callsFake(() => {
      versions = new Map([...versions, [TOKEN, ['AWSPENDING']]]);
      throw failed('InvalidRequestException');
    });
    await rotations.begin('db', TOKEN);
  });

  it('is refused where another token was first, and where no function is attached', async () => {
    manager.on(RotateSecretCommand).callsFake(() => {
      versions = new Map([...versions, ['other', ['AWSPENDING']]]);
      throw failed('InvalidRequestException');
    });
    await expect(rotations.begin('db', TOKEN)).rejects.toMatchObject({ code: 'ROTATION_BUSY' });
    versions = new Map([['v0', ['AWSCURRENT']]]);
    manager.on(RotateSecretCommand).rejects(failed('InvalidRequestException'));
    await expect(rotations.begin('db', TOKEN)).rejects.toThrow(/does not take the request/);
  });

  it('tells what may pass from what will not, and never the words of the service', async () => {
    for (const [name, code] of [
      ['ThrottlingException', 'SECRETS_UNAVAILABLE'],
      ['InternalServiceError', 'SECRETS_UNAVAILABLE'],
      ['AccessDeniedException', 'SECRET_ACCESS'],
      ['ResourceNotFoundException', 'SECRET_NOT_FOUND'],
    ] as const) {
      manager.on(RotateSecretCommand).rejects(failed(name));
      const error = await rotations.begin('db', TOKEN).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code });
      expect(String(error)).not.toContain('hunter2');
    }
  });
});
