import { CancelRotateSecretCommand, RotateSecretCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { RotationBusyError, SecretNotFoundError } from '../../shared/errors/secret-errors.ts';
import type { Rotations } from '../../shared/ports/rotations.ts';
import type { Secrets } from '../../shared/ports/secrets.ts';
import { mayBegin } from '../../shared/secrets/rotation/may-begin.ts';
import { secretsFailure } from './secrets-manager.ts';

/** Rotations that Secrets Manager has carried out by the function of the secret. */
export class SecretsManagerRotations implements Rotations {
  readonly #client: SecretsManagerClient;
  readonly #secrets: Pick<Secrets, 'describe'>;

  constructor({ client, secrets }: { readonly client: SecretsManagerClient; readonly secrets: Pick<Secrets, 'describe'> }) {
    this.#client = client;
    this.#secrets = secrets;
  }

  async begin(secretId: string, token: string): Promise<void> {
    if (!(await mayBegin({ secrets: this.#secrets }, { secretId, token }))) return;
    const input = { SecretId: secretId, ClientRequestToken: token, RotateImmediately: true };
    await this.#asked(secretId, () => this.#client.send(new RotateSecretCommand(input)), token);
  }

  /** Its function and its schedule stay known while it is disabled. */
  async enable(secretId: string, enabled: boolean): Promise<void> {
    const of = { SecretId: secretId };
    const found = await this.#secrets.describe(secretId);
    if (!found) throw new SecretNotFoundError(`There is no secret ${secretId}.`);
    if (found.rotationEnabled === enabled) return;
    await this.#asked(secretId, () =>
      enabled
        ? this.#client.send(new RotateSecretCommand({ ...of, RotateImmediately: false }))
        : this.#client.send(new CancelRotateSecretCommand(of)),
    );
  }

  async #asked(secretId: string, send: () => Promise<unknown>, token?: string): Promise<void> {
    try {
      await send();
    } catch (error) {
      const name = error instanceof Error ? error.name : '';
      if (name === 'ResourceNotFoundException') throw new SecretNotFoundError(`There is no secret ${secretId}.`);
      if (name !== 'InvalidRequestException') throw secretsFailure(secretId, error);
      // Another call was first with the same token, or with another.
      if (token !== undefined && !(await mayBegin({ secrets: this.#secrets }, { secretId, token }))) return;
      throw new RotationBusyError(`Secrets Manager does not take the request for ${secretId} now.`, {
        next: 'A rotation before may not be complete, or no function is attached to it: see its RotatedSecret.',
      });
    }
  }
}
