import { createHash, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Clock } from '../shared/ports/clock.ts';
import type { Ids } from '../shared/ports/ids.ts';
import { knownSecrets } from '../shared/redaction/known-secrets.ts';

const kept = z.object({
  id: z.string(),
  /** As audit trails name whoever bears it. */
  actor: z.string(),
  /** Such as `staging:operator`. */
  roles: z.array(z.string()),
  /** Epoch ms. */
  createdAt: z.number(),
  expiresAt: z.number().optional(),
  /** SHA-256 of the secret, which is as long: nobody finds the one from the other. */
  hash: z.string(),
});
type Kept = z.output<typeof kept>;

/** A token as it is listed: all but what opens anything. */
export type AccessToken = Omit<Kept, 'hash'>;

export interface NewToken {
  /** As audit trails are to name its bearer; absent: by its id. */
  readonly actor?: string | undefined;
  readonly roles: readonly string[];
  /** ms; absent: until it is revoked. */
  readonly ttl?: number | undefined;
}

interface Rotated {
  /** The new one, told here and never again. */
  readonly token: string;
  readonly made: AccessToken;
  /** Epoch ms. */
  readonly oldUntil: number;
}

const ID = /^[0-9a-z]{26}$/;

/**
 * The tokens of a data directory beside the first: a file each, for the owner alone, with a hash of the secret. What is made or
 * revoked counts at once, also for a control plane that runs.
 */
export class AccessTokens {
  readonly #directory: string;
  readonly #clock: Clock;

  constructor(dataDir: string, clock: Clock) {
    this.#directory = join(dataDir, 'tokens');
    this.#clock = clock;
  }

  /** The secret is told here and never again. */
  async create({ actor, roles, ttl }: NewToken, ids: Pick<Ids, 'next'>): Promise<{ token: string; made: AccessToken }> {
    const secret = randomBytes(32).toString('base64url');
    const createdAt = this.#clock.now();
    const id = ids.next();
    const expires = ttl === undefined ? {} : { expiresAt: createdAt + ttl };
    const made = { id, actor: actor ?? `token ${id}`, roles: [...roles], createdAt, ...expires };
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    await this.#write({ ...made, hash: hashOf(secret).toString('base64url') });
    return { token: `${made.id}.${secret}`, made };
  }

  /** By the time at which they were made; those that have expired too. */
  async list(): Promise<readonly AccessToken[]> {
    const names = await readdir(this.#directory).catch(nothing<string[]>([]));
    const found = await Promise.all(names.sort().map((name) => this.#read(name.replace(/\.json$/, ''))));
    return found.flatMap((one) => (one === undefined ? [] : [listed(one)]));
  }

  /**
   * Another token for the same bearer, with the same roles and time to live; the old one opens for so long still (ms). The new one is
   * there first: whatever dies in between, one of the two opens. Undefined: there is no such token.
   */
  async rotate(id: string, overlap: number, ids: Pick<Ids, 'next'>): Promise<Rotated | undefined> {
    const old = await this.#read(id);
    if (!old) return undefined;
    const { actor, roles, createdAt, expiresAt } = old;
    const next = await this.create({ actor, roles, ttl: expiresAt === undefined ? undefined : expiresAt - createdAt }, ids);
    const oldUntil = Math.min(this.#clock.now() + overlap, expiresAt ?? Number.POSITIVE_INFINITY);
    await this.#write({ ...old, expiresAt: oldUntil });
    return { ...next, oldUntil };
  }

  /** Whether there was such a token. */
  async revoke(id: string): Promise<boolean> {
    if ((await this.#read(id)) === undefined) return false;
    await rm(this.#path(id), { force: true });
    return true;
  }

  /** Whose token it is; undefined: nobody's, or no longer. */
  async bearerOf(token: string): Promise<AccessToken | undefined> {
    const at = token.indexOf('.');
    const found = await this.#read(token.slice(0, Math.max(0, at)));
    if (!found || !timingSafeEqual(hashOf(token.slice(at + 1)), Buffer.from(found.hash, 'base64url'))) return undefined;
    // Only whoever bears it can tell it.
    knownSecrets.add(token.slice(at + 1));
    return found.expiresAt !== undefined && found.expiresAt <= this.#clock.now() ? undefined : listed(found);
  }

  async #read(id: string): Promise<Kept | undefined> {
    if (!ID.test(id)) return undefined;
    const text = await readFile(this.#path(id), 'utf8').catch(nothing(undefined));
    return text === undefined ? undefined : kept.parse(JSON.parse(text));
  }

  /** Whole or not at all: it is read by a control plane that runs, and by whoever lists. */
  async #write(token: Kept): Promise<void> {
    const unfinished = join(this.#directory, `.${token.id}.${randomUUID()}`);
    await writeFile(unfinished, `${JSON.stringify(token)}\n`, { mode: 0o600, flag: 'wx' });
    await rename(unfinished, this.#path(token.id));
  }

  #path(id: string): string {
    return join(this.#directory, `${id}.json`);
  }
}

const hashOf = (secret: string): Buffer => createHash('sha256').update(secret).digest();

const listed = ({ hash: _, ...rest }: Kept): AccessToken => rest;

/** What there is instead, where a file is not there. */
const nothing =
  <T>(instead: T) =>
  (error: NodeJS.ErrnoException): T => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return instead;
    throw error;
  };
