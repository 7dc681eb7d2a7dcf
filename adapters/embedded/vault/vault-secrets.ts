import { randomUUID } from 'node:crypto';
import { SecretNotFoundError, SecretStageMovedError, SecretVersionTakenError } from '../../../shared/errors/secret-errors.ts';
import { CURRENT, PREVIOUS, type SecretDescription, type Secrets, type SecretValue } from '../../../shared/ports/secrets.ts';
import { rememberSecret } from '../../../shared/secrets/remember-secret.ts';
import type { OpenVault, SecretEntry, VaultEntry } from './open-vault.ts';

/** Versions without a label that are kept, the newest first: Secrets Manager keeps them for a while, too. */
const UNLABELLED = 5;

/** Secrets of an unlocked vault, with versions and labels as Secrets Manager has them. */
export class VaultSecrets implements Secrets {
  readonly #vault: OpenVault;
  readonly #now: () => number;

  constructor(vault: OpenVault, now: () => number) {
    this.#vault = vault;
    this.#now = now;
  }

  async describe(id: string): Promise<SecretDescription | undefined> {
    const found = this.#vault.secret(id);
    if (!found) return undefined;
    const versions = new Map<string, string[]>();
    for (const [label, version] of Object.entries(found.labels)) versions.set(version, [...(versions.get(version) ?? []), label]);
    return { id, rotationEnabled: found.rotationEnabled, deleted: found.deletedAt !== undefined, versions };
  }

  async read(id: string, of: { readonly version: string } | { readonly stage: string }): Promise<SecretValue | undefined> {
    const found = this.#vault.secret(id);
    if (!found || found.deletedAt !== undefined) return undefined;
    const version = 'version' in of ? of.version : found.labels[of.stage];
    const value = version === undefined ? undefined : this.#vault.version(id, version);
    if (!value) return undefined;
    rememberSecret(value.text);
    return { version: value.version, text: value.text };
  }

  async put(id: string, version: string, text: string, stage: string): Promise<void> {
    rememberSecret(text);
    await this.#vault.change(() => {
      const found = this.#of(id);
      const before = this.#vault.version(id, version);
      if (before && before.text !== text)
        throw new SecretVersionTakenError(`Version ${version} of ${id} has another value already.`);
      const labels = { ...found.labels, [stage]: version };
      const value = before ? [] : [this.#version(id, version, text)];
      return { put: [{ ...found, labels }, ...value], remove: this.#outdated(id, labels, version) };
    });
  }

  async moveStage(id: string, stage: string, { from, to }: { readonly from?: string; readonly to?: string }): Promise<void> {
    await this.#vault.change(() => {
      const found = this.#of(id);
      if (found.labels[stage] !== from) throw new SecretStageMovedError(`${stage} of ${id} is not on version ${from ?? 'none'}.`);
      const { [stage]: _, ...others } = found.labels;
      const left = stage === CURRENT && from !== undefined && to !== undefined && from !== to ? { [PREVIOUS]: from } : {};
      return { put: [{ ...found, labels: { ...others, ...left, ...(to === undefined ? {} : { [stage]: to }) } }] };
    });
  }

  /** A new current value, whatever there was: the one before is the previous one. Answers the version. */
  async set(id: string, text: string): Promise<string> {
    const version = randomUUID();
    await this.#vault.change(() => {
      const found = this.#vault.secret(id) ?? { kind: 'secret', secret: id, rotationEnabled: false, labels: {} };
      const before = found.labels[CURRENT];
      const labels = { ...found.labels, [CURRENT]: version, ...(before === undefined ? {} : { [PREVIOUS]: before }) };
      const { deletedAt: _, ...kept } = found;
      return { put: [{ ...kept, labels }, this.#version(id, version, text)], remove: this.#outdated(id, labels, version) };
    });
    return version;
  }

  /** The version that a rotation is to fill is pending from now on, as Secrets Manager has it before it calls. */
  async begin(id: string, token: string, stage: string): Promise<void> {
    await this.#vault.change(() => {
      const found = this.#of(id);
      return { put: [{ ...found, labels: { ...found.labels, [stage]: token } }] };
    });
  }

  async enable(id: string, rotationEnabled: boolean): Promise<void> {
    await this.#vault.change(() => ({ put: [{ ...this.#of(id), rotationEnabled }] }));
  }

  /** With every version of it. */
  async remove(id: string): Promise<void> {
    await this.#vault.change(() => {
      const { secret } = this.#of(id);
      return { remove: [{ secret }, ...this.#vault.versions(id).map((version) => ({ secret, version }))] };
    });
  }

  #version(secret: string, version: string, text: string): VaultEntry {
    return { kind: 'version', secret, version, text, createdAt: this.#now() };
  }

  #outdated(id: string, labels: SecretEntry['labels'], added: string) {
    const labelled = new Set([...Object.values(labels), added]);
    return this.#vault
      .versions(id)
      .filter((version) => !labelled.has(version))
      .map((version) => ({ version, createdAt: this.#vault.version(id, version)?.createdAt ?? 0 }))
      .sort((a, b) => b.createdAt - a.createdAt)
      .slice(UNLABELLED)
      .map(({ version }) => ({ secret: id, version }));
  }

  #of(id: string): SecretEntry {
    const found = this.#vault.secret(id);
    if (!found) throw new SecretNotFoundError(`The vault has no secret ${id}.`, { next: 'slipway vault list' });
    return found;
  }
}
