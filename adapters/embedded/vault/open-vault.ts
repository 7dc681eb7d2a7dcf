import { randomBytes, randomUUID } from 'node:crypto';
import { open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as z from 'zod';
import { deriveKey, newDerivation } from './derive-key.ts';
import { type SealedBox, seal, unseal } from './sealed-box.ts';
import { VaultDamagedError, VaultLockedError, VaultPassphraseError } from './vault-errors.ts';
import { about, hashOf, type Manifest, manifest, parseVaultFile, RESTORE, type VaultFile } from './vault-file.ts';

/** What an entry holds: a secret's labels, or one version of its value. */
const entry = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('secret'),
    secret: z.string(),
    rotationEnabled: z.boolean(),
    deletedAt: z.number().optional(),
    /** Versions by label. */
    labels: z.record(z.string(), z.string()),
  }),
  z.strictObject({
    kind: z.literal('version'),
    secret: z.string(),
    version: z.string(),
    text: z.string(),
    createdAt: z.number(),
  }),
]);
export type VaultEntry = z.output<typeof entry>;
export type SecretEntry = Extract<VaultEntry, { kind: 'secret' }>;
export type VersionEntry = Extract<VaultEntry, { kind: 'version' }>;

export interface VaultChanges {
  readonly put?: readonly VaultEntry[];
  readonly remove?: readonly { readonly secret: string; readonly version?: string }[];
}

/**
 * An unlocked vault: its file, and the key that opens it. Each entry is opened when it is asked for and not kept. `change` writes the whole
 * file anew beside the old one, synced, and renames it: a crash leaves the one or the other.
 */
export class OpenVault {
  readonly #path: string;
  readonly #key: Buffer;
  #file: VaultFile;
  #manifest: Manifest;
  #writing: Promise<unknown> = Promise.resolve();
  #isLocked = false;

  private constructor(path: string, file: VaultFile, key: Buffer, listed: Manifest) {
    this.#path = path;
    this.#file = file;
    this.#key = key;
    this.#manifest = listed;
  }

  /** A new vault. Refuses to overwrite one. */
  static async create(path: string, passphrase: Uint8Array): Promise<OpenVault> {
    if (await stat(path).then(Boolean, () => false)) {
      throw new VaultPassphraseError(`There is a vault at ${path} already.`, { next: 'slipway vault unlock' });
    }
    const key = randomBytes(32);
    const listed: Manifest = { sequence: 0, entries: {} };
    const file: VaultFile = { format: 1, ...(await wrapped(randomUUID(), key, passphrase)), manifest: EMPTY, entries: {} };
    const vault = new OpenVault(path, file, key, listed);
    await vault.#write(file, key, {}, {}, []);
    return vault;
  }

  /** Throws VaultPassphraseError, or VaultDamagedError where the file as a whole is not what was written. */
  static async unlock(path: string, passphrase: Uint8Array): Promise<OpenVault> {
    const file = parseVaultFile(await readFile(path, 'utf8'));
    const derived = await deriveKey(passphrase, file.derivation);
    try {
      const key = unsealed(derived, file);
      return new OpenVault(path, file, key, listedIn(file, key));
    } finally {
      derived.fill(0);
    }
  }

  /** From now on nothing opens, and nobody begins to write; resolves when what was being written is on disk. */
  async lock(): Promise<void> {
    this.#isLocked = true;
    this.#key.fill(0);
    await this.#writing;
  }

  /** Entries that are not as they were written, by the secret that they belong to; '' where the manifest knows none. */
  damaged(): readonly { readonly secret: string; readonly version?: string | undefined; readonly why: string }[] {
    const known = Object.entries(this.#manifest.entries).flatMap(([id, { secret, version, hash }]) => {
      const box = this.#file.entries[id];
      if (!box) return [{ secret, version, why: 'it is missing' }];
      return hashOf(box) === hash ? [] : [{ secret, version, why: 'it was changed, moved or replaced by an older one' }];
    });
    const unknown = Object.keys(this.#file.entries).filter((id) => !this.#manifest.entries[id]);
    return [...known, ...unknown.map(() => ({ secret: '', why: 'it was added by something else' }))];
  }

  secrets(): readonly string[] {
    return [...new Set(Object.values(this.#manifest.entries).map(({ secret }) => secret))].sort();
  }

  secret(name: string): SecretEntry | undefined {
    const found = this.#find(({ secret, version }) => secret === name && version === undefined);
    return found?.kind === 'secret' ? found : undefined;
  }

  version(name: string, version: string): VersionEntry | undefined {
    const found = this.#find((listed) => listed.secret === name && listed.version === version);
    return found?.kind === 'version' ? found : undefined;
  }

  versions(name: string): readonly string[] {
    return Object.values(this.#manifest.entries).flatMap((listed) =>
      listed.secret === name && listed.version !== undefined ? [listed.version] : [],
    );
  }

  /**
   * Writes entries in the place of those of the same secret and version, and takes others away, in one step. What they are is asked when
   * the turn to write has come: nobody comes between what it reads and what is written, and what it throws is thrown.
   */
  change(changes: () => VaultChanges): Promise<void> {
    return this.#inTurn(async () => {
      const { put = [], remove = [] } = changes();
      const boxes = { ...this.#file.entries };
      const listed = { ...this.#manifest.entries };
      for (const gone of [...put, ...remove]) {
        const version = 'version' in gone ? gone.version : undefined;
        const found = Object.entries(listed).find(([, one]) => one.secret === gone.secret && one.version === version);
        if (!found) continue;
        delete boxes[found[0]];
        delete listed[found[0]];
      }
      await this.#write(this.#file, this.#key, boxes, listed, put);
    });
  }

  /** A new key for every box, wrapped by this passphrase, in one step: what an old key opens is no part of the file any more. */
  rotateKey(passphrase: Uint8Array): Promise<void> {
    return this.#inTurn(async () => {
      const broken = this.damaged().length;
      if (broken > 0) throw new VaultDamagedError(`${broken} entries are damaged; the key stays.`, { next: RESTORE });
      const all = Object.keys(this.#manifest.entries).map((id) => this.#open(id));
      const key = randomBytes(32);
      const file = { ...this.#file, ...(await wrapped(this.#file.id, key, passphrase)) };
      await this.#write(file, key, {}, {}, all);
      if (!this.#isLocked) this.#key.set(key);
      key.fill(0);
    });
  }

  /** One writer at a time, in the order of their coming; none with a key that has been cleared. */
  #inTurn(write: () => Promise<void>): Promise<void> {
    const next = this.#writing.then(() => {
      if (this.#isLocked) throw new VaultLockedError('The vault is locked.', { next: 'slipway vault unlock' });
      return write();
    });
    this.#writing = next.catch(() => {});
    return next;
  }

  #find(wanted: (listed: Manifest['entries'][string]) => boolean): VaultEntry | undefined {
    const found = Object.entries(this.#manifest.entries).find(([, listed]) => wanted(listed));
    return found && this.#open(found[0]);
  }

  #open(id: string): VaultEntry {
    const listed = this.#manifest.entries[id];
    const box = this.#file.entries[id];
    if (!listed || !box || hashOf(box) !== listed.hash) {
      const what = `${listed?.secret ?? 'An entry'}${listed?.version === undefined ? '' : ` (version ${listed.version})`}`;
      throw new VaultDamagedError(`${what} is damaged in the vault; the others are not.`, { next: RESTORE });
    }
    const plain = unseal(this.#key, about.entry(this.#file.id, id), box);
    try {
      return entry.parse(JSON.parse(plain.toString('utf8')));
    } finally {
      plain.fill(0);
    }
  }

  /** The file with `boxes` and a box for each of `put`, whole. What is in memory follows what is on disk. */
  async #write(
    file: VaultFile,
    key: Buffer,
    boxes: VaultFile['entries'],
    listed: Manifest['entries'],
    put: readonly VaultEntry[],
  ): Promise<void> {
    const entries = { ...boxes };
    const all = { ...listed };
    for (const given of put) {
      const id = randomUUID();
      const box = sealed(key, about.entry(file.id, id), given);
      entries[id] = box;
      all[id] = { secret: given.secret, ...(given.kind === 'version' ? { version: given.version } : {}), hash: hashOf(box) };
    }
    const next: Manifest = { sequence: this.#manifest.sequence + 1, entries: all };
    const whole: VaultFile = { ...file, manifest: sealed(key, about.manifest(file.id), next), entries };
    await replace(this.#path, `${JSON.stringify(whole)}\n`);
    this.#file = whole;
    this.#manifest = next;
  }
}

function sealed(key: Buffer, of: string, content: object): SealedBox {
  const plain = Buffer.from(JSON.stringify(content));
  try {
    return seal(key, of, plain);
  } finally {
    plain.fill(0);
  }
}

const EMPTY: SealedBox = { nonce: '', tag: '', data: '' };

async function wrapped(id: string, key: Buffer, passphrase: Uint8Array): Promise<Pick<VaultFile, 'id' | 'derivation' | 'key'>> {
  const derivation = newDerivation();
  const derived = await deriveKey(passphrase, derivation);
  try {
    return { id, derivation, key: seal(derived, about.key({ id, derivation }), key) };
  } finally {
    derived.fill(0);
  }
}

function unsealed(derived: Buffer, file: VaultFile): Buffer {
  try {
    return unseal(derived, about.key(file), file.key);
  } catch {
    throw new VaultPassphraseError('The passphrase does not open the vault, or the key in its file was changed.', {
      next: 'Try again; where it is right, restore the file from a backup.',
    });
  }
}

function listedIn(file: VaultFile, key: Buffer): Manifest {
  try {
    return manifest.parse(JSON.parse(unseal(key, about.manifest(file.id), file.manifest).toString('utf8')));
  } catch {
    throw new VaultDamagedError('The list of what the vault holds was changed or cut off.', { next: RESTORE });
  }
}

/** Whole and on disk under its name, or not at all; readable by its owner alone. */
async function replace(path: string, text: string): Promise<void> {
  const unfinished = `${path}.${randomUUID()}`;
  try {
    const file = await open(unfinished, 'wx', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(unfinished, path);
    const directory = await open(dirname(path), 'r');
    await directory.sync().finally(() => directory.close());
  } finally {
    await rm(unfinished, { force: true });
  }
}
