import { SecretNotFoundError, SecretStageMovedError, SecretVersionTakenError } from '../../shared/errors/secret-errors.ts';
import { CURRENT, PREVIOUS, type SecretDescription, type Secrets, type SecretValue } from '../../shared/ports/secrets.ts';

interface Kept {
  rotationEnabled: boolean;
  deleted: boolean;
  readonly values: Map<string, string>;
  /** By label. */
  readonly labels: Map<string, string>;
}

/** Secrets in memory, for simulation and tests, with the labels as Secrets Manager moves them. */
export class MemorySecrets implements Secrets {
  readonly #kept = new Map<string, Kept>();

  /** A secret with its first version. */
  create(id: string, version: string, text: string): void {
    const labels = new Map([[CURRENT, version]]);
    this.#kept.set(id, { rotationEnabled: true, deleted: false, values: new Map([[version, text]]), labels });
  }

  /** What Secrets Manager does before it calls for a rotation: the version is there, pending, without a value. */
  begin(id: string, token: string, stage: string): void {
    this.#of(id).labels.set(stage, token);
  }

  enable(id: string, rotationEnabled: boolean): void {
    this.#of(id).rotationEnabled = rotationEnabled;
  }

  set(id: string, change: Partial<Pick<Kept, 'rotationEnabled' | 'deleted'>>): void {
    Object.assign(this.#of(id), change);
  }

  async describe(id: string): Promise<SecretDescription | undefined> {
    const kept = this.#kept.get(id);
    if (!kept) return undefined;
    const versions = new Map<string, string[]>();
    for (const [stage, version] of kept.labels) versions.set(version, [...(versions.get(version) ?? []), stage]);
    return { id, rotationEnabled: kept.rotationEnabled, deleted: kept.deleted, versions };
  }

  async read(id: string, of: { readonly version: string } | { readonly stage: string }): Promise<SecretValue | undefined> {
    const kept = this.#kept.get(id);
    if (!kept || kept.deleted) return undefined;
    const version = 'version' in of ? of.version : kept.labels.get(of.stage);
    const text = version === undefined ? undefined : kept.values.get(version);
    return version === undefined || text === undefined ? undefined : { version, text };
  }

  async put(id: string, version: string, text: string, stage: string): Promise<void> {
    const { values, labels } = this.#of(id);
    const found = values.get(version);
    if (found !== undefined && found !== text)
      throw new SecretVersionTakenError(`Version ${version} of ${id} has another value already.`);
    values.set(version, text);
    labels.set(stage, version);
  }

  async moveStage(id: string, stage: string, { from, to }: { readonly from?: string; readonly to?: string }): Promise<void> {
    const { labels } = this.#of(id);
    if (labels.get(stage) !== from) throw new SecretStageMovedError(`${stage} of ${id} is not on version ${from ?? 'none'}.`);
    if (to === undefined) labels.delete(stage);
    else labels.set(stage, to);
    if (stage === CURRENT && from !== undefined && to !== undefined && from !== to) labels.set(PREVIOUS, from);
  }

  #of(id: string): Kept {
    const kept = this.#kept.get(id);
    if (!kept) throw new SecretNotFoundError(`There is no secret ${id}.`);
    return kept;
  }
}
