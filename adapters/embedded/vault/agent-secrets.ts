import { stat } from 'node:fs/promises';
import {
  SecretAccessError,
  SecretNotFoundError,
  SecretStageMovedError,
  SecretsUnavailableError,
  SecretVersionTakenError,
} from '../../../shared/errors/secret-errors.ts';
import type { SecretDescription, SecretValue } from '../../../shared/ports/secrets.ts';
import { rememberSecret } from '../../../shared/secrets/remember-secret.ts';
import type { KeptSecrets } from '../embedded-rotations.ts';
import { askVault, VaultRefusedError } from './ask-vault.ts';
import type { VaultAnswer, VaultRequest } from './vault-calls.ts';
import type { vaultPaths } from './vault-paths.ts';

/** Secrets of the vault of a data directory, through the agent that holds its key: while it is locked, each call says so. */
export class AgentSecrets implements KeptSecrets {
  readonly #paths: ReturnType<typeof vaultPaths>;

  constructor(paths: ReturnType<typeof vaultPaths>) {
    this.#paths = paths;
  }

  async describe(id: string): Promise<SecretDescription | undefined> {
    const { found } = await this.#ask({ call: 'describe', name: id });
    return found && { id, ...found, versions: new Map(Object.entries(found.versions)) };
  }

  async read(id: string, of: { readonly version: string } | { readonly stage: string }): Promise<SecretValue | undefined> {
    const { found } = await this.#ask({ call: 'read', name: id, ...of });
    if (found) rememberSecret(found.text);
    return found;
  }

  async put(id: string, version: string, text: string, stage: string): Promise<void> {
    rememberSecret(text);
    await this.#ask({ call: 'put-version', name: id, version, text, stage });
  }

  async moveStage(id: string, stage: string, between: { readonly from?: string; readonly to?: string }): Promise<void> {
    await this.#ask({ call: 'move-stage', name: id, stage, ...between });
  }

  async begin(id: string, token: string, stage: string): Promise<void> {
    await this.#ask({ call: 'begin', name: id, version: token, stage });
  }

  async enable(id: string, enabled: boolean): Promise<void> {
    await this.#ask({ call: 'enable', name: id, enabled });
  }

  /** Until when it is unlocked if nobody asks, epoch ms. Throws SecretsUnavailableError. */
  async unlockedUntil(): Promise<number> {
    return (await this.#ask({ call: 'status' })).locksAt;
  }

  async #ask<Request extends VaultRequest>(request: Request): Promise<VaultAnswer<Request['call']>> {
    try {
      return await askVault(this.#paths.socket, request);
    } catch (error) {
      throw await this.#told(error);
    }
  }

  /** As the port has it. */
  async #told(error: unknown): Promise<Error> {
    if (!(error instanceof VaultRefusedError)) {
      return new SecretsUnavailableError('The agent of the vault did not answer.', { next: 'It is tried again.', cause: error });
    }
    const { code, message, next } = error;
    const options = next === undefined ? {} : { next };
    if (code === 'SECRET_NOT_FOUND') return new SecretNotFoundError(message, options);
    if (code === 'SECRET_VERSION_TAKEN') return new SecretVersionTakenError(message, options);
    if (code === 'SECRET_STAGE_MOVED') return new SecretStageMovedError(message, options);
    if (code !== 'VAULT_LOCKED') return new SecretAccessError(message, options);
    if (await stat(this.#paths.vault).catch(() => undefined)) {
      return new SecretsUnavailableError('The vault is locked.', { next: 'slipway vault unlock' });
    }
    return new SecretsUnavailableError('This control plane has no vault.', {
      next: 'slipway vault init, then slipway vault unlock',
    });
  }
}
