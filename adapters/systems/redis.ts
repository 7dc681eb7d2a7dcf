import { createHash } from 'node:crypto';
import { Redis } from 'ioredis';
import { RotationStepError, ServerUnavailableError } from '../../shared/errors/secret-errors.ts';
import type { RotatedSystem } from '../../shared/secrets/rotation/rotated-system.ts';
import type { SecretFields } from '../../shared/secrets/secret-document.ts';

const CONNECT_MS = 5000;
const COMMAND_MS = 20_000;
const PORT = 6379;

/**
 * One user of Redis 6 or later with two passwords, set as SHA-256 hashes, so that neither MONITOR nor the ACL file holds one. Needs a
 * server with an `aclfile`, and a user (the secret's own, or that of `masterarn`) who may run ACL GETUSER, SETUSER and SAVE.
 */
export const redis: RotatedSystem = {
  name: 'redis',
  overlaps: true,
  problemOf,
  identityOf: ({ host, port, username }) => JSON.stringify([host, Number(port ?? PORT), username ?? 'default']),
  next: (_current, make) => ({ password: make() }),
  admits,
  install: ({ pending, by }) => alter(by, pending, (hashes) => (hashes.includes(hash(pending)) ? [] : [`#${hash(pending)}`])),
  // What is valid beside the current one has no owner any more.
  revoke: ({ current, by }) =>
    alter(by, current, (hashes) => hashes.filter((found) => found !== hash(current)).map((found) => `!${found}`)),
};

const hash = ({ password }: SecretFields): string => createHash('sha256').update(String(password)).digest('hex');
const userOf = ({ username }: SecretFields): string => String(username ?? 'default');

function problemOf({ host, username, password }: SecretFields): string | undefined {
  if (typeof host !== 'string' || host === '') return 'it has no host.';
  if (typeof password !== 'string' || password === '') return 'it has no password.';
  if (username === undefined) return undefined;
  if (typeof username !== 'string' || username === '') return 'its username is empty.';
  // Redis takes neither in the name of a user.
  return /[\0\s]/.test(username) ? 'its username holds a blank or a NUL character.' : undefined;
}

async function admits(fields: SecretFields): Promise<boolean> {
  try {
    await connected(fields, async () => {});
    return true;
  } catch (error) {
    if (codeOf(error) === 'WRONGPASS') return false;
    throw unavailable(error);
  }
}

async function alter(by: SecretFields, whose: SecretFields, change: (hashes: readonly string[]) => string[]): Promise<void> {
  try {
    await connected(by, async (session) => {
      const user = pairs(await session.call('ACL', 'GETUSER', userOf(whose)));
      if (!user) throw new RotationStepError('The server has no user of this name.', { next: 'Create it.' });
      if (list(user.get('flags')).includes('nopass')) {
        throw new RotationStepError('The server lets this user in with any password (`nopass`).', {
          next: 'Give it a password: ACL SETUSER NAME resetpass >PASSWORD.',
        });
      }
      const rules = change(list(user.get('passwords')));
      if (rules.length > 0) await session.call('ACL', 'SETUSER', userOf(whose), ...rules);
      await session.call('ACL', 'SAVE');
    });
  } catch (error) {
    throw refusal(error);
  }
}

/** A map of protocol 2: names and values by turns. */
function pairs(reply: unknown): ReadonlyMap<string, unknown> | undefined {
  if (!Array.isArray(reply)) return undefined;
  return new Map(reply.flatMap((name, at) => (at % 2 === 0 ? [[String(name), reply[at + 1]] as const] : [])));
}

const list = (reply: unknown): string[] => (Array.isArray(reply) ? reply.map(String) : []);

async function connected<T>(fields: SecretFields, use: (session: Redis) => Promise<T>): Promise<T> {
  const { host, port, password, ssl } = fields;
  const session = new Redis({
    ...{ host: String(host), port: Number(port ?? PORT), lazyConnect: true, connectTimeout: CONNECT_MS },
    ...{ commandTimeout: COMMAND_MS, retryStrategy: () => null, maxRetriesPerRequest: 0, enableReadyCheck: false },
    ...{ enableOfflineQueue: false, disableClientInfo: true, protocol: 2 },
    ...(ssl === true ? { tls: { rejectUnauthorized: true, servername: String(host) } } : {}),
  });
  // A connection that breaks between two commands would otherwise end the process.
  session.on('error', () => {});
  try {
    await session.connect();
    await session.call('AUTH', userOf(fields), String(password));
    return await use(session);
  } finally {
    session.disconnect();
  }
}

/** The first word of an error reply says what it is; what comes from below has a code. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  if ('code' in error) return String(error.code);
  return error.name === 'ReplyError' ? (/^[A-Z]+\b/.exec(error.message)?.[0] ?? '') : '';
}

/** Only the first word is told: a server's message may hold the command. */
function refusal(error: unknown): Error {
  if (error instanceof RotationStepError) return error;
  const code = codeOf(error);
  if (code === 'NOPERM') {
    return new RotationStepError('The user that rotates may not alter users (NOPERM).', {
      next: 'Name a master secret by `masterarn` whose user has +acl|getuser +acl|setuser +acl|save.',
    });
  }
  if (error instanceof Error && /not configured to use an ACL file/.test(error.message)) {
    return new RotationStepError('This Redis has no `aclfile`: at its next start it would refuse the new password.', {
      next: 'Start it with an `aclfile`, then rotate again; the password in use is unchanged.',
    });
  }
  return unavailable(error);
}

const unavailable = (error: unknown): ServerUnavailableError =>
  new ServerUnavailableError(`Redis could not be asked (${codeOf(error) || 'no answer in time'}).`, {
    next: 'Look at the server and its network; it is tried again.',
  });
