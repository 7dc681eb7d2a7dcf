import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import {
  SecretAccessError,
  SecretBinaryError,
  SecretStageMovedError,
  SecretsUnavailableError,
  SecretVersionTakenError,
} from '../../shared/errors/secret-errors.ts';
import type { SecretDescription, Secrets, SecretValue } from '../../shared/ports/secrets.ts';
import { rememberSecret } from '../../shared/secrets/remember-secret.ts';

/** Secrets in AWS Secrets Manager; ids are names or ARNs. */
export class SecretsManager implements Secrets {
  readonly #client: SecretsManagerClient;

  constructor({ client }: { readonly client: SecretsManagerClient }) {
    this.#client = client;
  }

  async describe(id: string): Promise<SecretDescription | undefined> {
    const found = await absent(id, () => this.#client.send(new DescribeSecretCommand({ SecretId: id })));
    if (!found) return undefined;
    const versions = new Map(Object.entries(found.VersionIdsToStages ?? {}));
    return { id, rotationEnabled: found.RotationEnabled === true, deleted: found.DeletedDate !== undefined, versions };
  }

  async read(id: string, of: { readonly version: string } | { readonly stage: string }): Promise<SecretValue | undefined> {
    const which = 'version' in of ? { VersionId: of.version } : { VersionStage: of.stage };
    const found = await absent(id, () => this.#client.send(new GetSecretValueCommand({ SecretId: id, ...which })));
    if (!found) return undefined;
    const { VersionId: version, SecretString: text, SecretBinary: bytes } = found;
    if (text === undefined && bytes === undefined) return undefined;
    if (version === undefined || text === undefined) {
      throw new SecretBinaryError(`${id} holds bytes, and a rotation needs text.`, { next: 'Store it as a SecretString.' });
    }
    rememberSecret(text);
    return { version, text };
  }

  async put(id: string, version: string, text: string, stage: string): Promise<void> {
    rememberSecret(text);
    const input = { SecretId: id, ClientRequestToken: version, SecretString: text, VersionStages: [stage] };
    try {
      await this.#client.send(new PutSecretValueCommand(input));
    } catch (error) {
      if (nameOf(error) !== 'ResourceExistsException') throw secretsFailure(id, error);
      throw new SecretVersionTakenError(`Version ${version} of ${id} has another value already.`);
    }
  }

  async moveStage(id: string, stage: string, { from, to }: { readonly from?: string; readonly to?: string }): Promise<void> {
    const between = {
      ...(from === undefined ? {} : { RemoveFromVersionId: from }),
      ...(to === undefined ? {} : { MoveToVersionId: to }),
    };
    try {
      await this.#client.send(new UpdateSecretVersionStageCommand({ SecretId: id, VersionStage: stage, ...between }));
    } catch (error) {
      if (nameOf(error) !== 'InvalidParameterException') throw secretsFailure(id, error);
      throw new SecretStageMovedError(`${stage} of ${id} is not on version ${from ?? 'none'} any more.`, {
        next: 'It is tried again on what it is now.',
      });
    }
  }
}

/** A version that is there without a value is not found either. */
async function absent<T>(id: string, call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if (nameOf(error) === 'ResourceNotFoundException') return undefined;
    // So it says that the secret is scheduled for deletion, to whoever asks for a value.
    if (nameOf(error) === 'InvalidRequestException') return undefined;
    throw secretsFailure(id, error);
  }
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : '');

const REFUSED: Readonly<Record<string, string>> = {
  AccessDeniedException: 'The role may not use it',
  DecryptionFailure: 'The role may not use its key',
  EncryptionFailure: 'The role may not use its key',
  LimitExceededException: 'It has too many versions',
};

/** The service's own words are left out: what it says of a request may hold a part of it. */
export function secretsFailure(id: string, error: unknown): Error {
  const name = nameOf(error);
  const why = REFUSED[name];
  if (why) return new SecretAccessError(`${why}: ${id} (${name}).`, { next: 'See the policy of the function and of the key.' });
  return new SecretsUnavailableError(`Secrets Manager did not answer for ${id} (${name === '' ? 'no name' : name}).`, {
    next: 'It is tried again.',
  });
}
