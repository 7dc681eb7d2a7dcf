import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { RotationStepError, ServerUnavailableError, ValueRefusedError } from '../../shared/errors/secret-errors.ts';
import type { Installation, RotatedSystem } from '../../shared/secrets/rotation/rotated-system.ts';
import type { SecretFields } from '../../shared/secrets/secret-document.ts';
import { prepared, scramVerifier } from './scram-verifier.ts';

const CLONE = '_clone';
/** NAMEDATALEN - 1: a longer name would be cut off, and be another role. */
const LONGEST_NAME = 63;
const CONNECT_MS = 5000;
const STATEMENT_MS = 20_000;
const PORT = 5432;

/**
 * Two roles that take turns: one serves while the other gets its new password. The second is made on first use, a member of the first:
 * it has its grants, and its sessions act as the first, so that what they create belongs to it. Needs a master secret
 * (`masterarn`) whose role may alter both.
 */
export const postgresql: RotatedSystem = {
  name: 'postgresql',
  overlaps: true,
  problemOf,
  identityOf: (fields) => identity(fields, base(fields)),
  next: (current, make) => ({ username: other(current), password: make() }),
  admits,
  install: (change) => within(change, change.pending, (client) => takeTurns(client, change)),
  revoke: (change) => within(change, change.old, (client) => disable(client, change.old)),
};

/** One role: its old password is refused from the moment in which the new one is set, so clients that read the secret before that are locked out until they read it again. */
export const postgresqlSingleUser: RotatedSystem = {
  ...postgresql,
  name: 'postgresql-single-user',
  overlaps: false,
  identityOf: (fields) => identity(fields, String(fields['username'])),
  next: (_current, make) => ({ password: make() }),
  install: (change) => within(change, change.pending, (client) => setPassword(client, change.pending)),
  revoke: async () => {},
};

function problemOf(fields: SecretFields): string | undefined {
  for (const name of ['host', 'username', 'password'] as const) {
    const value = fields[name];
    if (typeof value !== 'string' || value === '') return `it has no ${name}.`;
    if (value.includes('\0')) return `its ${name} holds a NUL character.`;
  }
  if (Buffer.byteLength(base(fields) + CLONE) > LONGEST_NAME)
    return `the name of its role and "${CLONE}" are longer than ${LONGEST_NAME} bytes together, and PostgreSQL would cut them off.`;
  return undefined;
}

const identity = ({ host, port, dbname }: SecretFields, user: string): string =>
  JSON.stringify([host, Number(port ?? PORT), dbname ?? null, user]);

const base = ({ username }: SecretFields): string => String(username).replace(new RegExp(`${CLONE}$`), '');
const other = (fields: SecretFields): string =>
  String(fields['username']).endsWith(CLONE) ? base(fields) : base(fields) + CLONE;

async function admits(fields: SecretFields): Promise<boolean> {
  try {
    await connected(fields, (client) => client.query('SELECT 1'));
    return true;
  } catch (error) {
    if (refusesCredential(error)) return false;
    throw unavailable(error);
  }
}

/** Of class 28 only what says that this role does not get in by this password; `pg_hba.conf` without an entry says nothing of it. */
const refusesCredential = (error: unknown): boolean =>
  codeOf(error) === '28P01' || (codeOf(error) === '28000' && !/pg_hba/.test(error instanceof Error ? error.message : ''));

async function takeTurns(client: pg.Client, { current, pending }: Installation): Promise<void> {
  const role = pg.escapeIdentifier(String(pending['username']));
  const first = base(pending);
  if (String(pending['username']) === String(current['username'])) throw new RotationStepError('The roles do not take turns.');
  if (!(await exists(client, String(pending['username'])))) {
    const owner = pg.escapeIdentifier(first);
    await client.query(`CREATE ROLE ${role} LOGIN INHERIT IN ROLE ${owner}`);
    await client.query(`ALTER ROLE ${role} SET ROLE TO ${owner}`);
  }
  await setPassword(client, pending, ` LOGIN VALID UNTIL 'infinity'`);
}

/** A role may give itself a new password, and no more than that. */
async function setPassword(client: pg.Client, { username, password }: SecretFields, more = ''): Promise<void> {
  const verifier = pg.escapeLiteral(await scramVerifier(String(password), randomBytes(16)));
  await client.query(`ALTER ROLE ${pg.escapeIdentifier(String(username))} PASSWORD ${verifier}${more}`);
}

/** Its objects, its grants and the role that acts as it stay; nobody logs in as it. Sessions that it has go on to their end. */
async function disable(client: pg.Client, { username }: SecretFields): Promise<void> {
  if (await exists(client, String(username)))
    await client.query(`ALTER ROLE ${pg.escapeIdentifier(String(username))} PASSWORD NULL`);
}

const exists = async (client: pg.Client, role: string): Promise<boolean> =>
  (await client.query('SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = $1', [role])).rowCount === 1;

/** One transaction: a crash in it leaves nothing behind. */
async function within(
  { by }: Pick<Installation, 'by'>,
  whose: SecretFields,
  change: (client: pg.Client) => Promise<void>,
): Promise<void> {
  try {
    await connected(by, async (client) => {
      await client.query('BEGIN');
      // Rotations of one pair of roles wait for each other; the lock ends with the transaction.
      await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`slipway:${base(whose)}`]);
      await change(client);
      await client.query('COMMIT');
    });
  } catch (error) {
    throw refusal(error);
  }
}

async function connected<T>(fields: SecretFields, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const { host, port, dbname, username, password, ssl } = fields;
  const client = new pg.Client({
    ...{ host: String(host), port: Number(port ?? PORT), database: String(dbname ?? 'postgres') },
    ...{ user: String(username), password: await prepared(String(password)), application_name: 'slipway-rotation' },
    ...{ connectionTimeoutMillis: CONNECT_MS, statement_timeout: STATEMENT_MS, query_timeout: STATEMENT_MS + 1000 },
    ssl: ssl === true ? { rejectUnauthorized: true } : false,
  });
  // A connection that breaks between two queries would otherwise end the process.
  client.on('error', () => {});
  try {
    await client.connect();
    return await use(client);
  } finally {
    await client.end().catch(() => {});
  }
}

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '');

/** Only codes are told: a server's message, and a driver's error, may hold the statement. */
function refusal(error: unknown): Error {
  if (error instanceof RotationStepError) return error;
  const code = codeOf(error);
  if (code === '42501') {
    return new RotationStepError('The role that rotates may not alter the other one (42501).', {
      next: 'Name a master secret by `masterarn`, or use the strategy for a single user.',
    });
  }
  // Class 22, 23 and 42 come from what was asked; P0001 from a check of passwords that the server has.
  if (/^(22|23)|^P0001$/.test(code)) return new ValueRefusedError(`PostgreSQL refuses the new password (${code}).`);
  if (/^42/.test(code)) return new RotationStepError(`PostgreSQL refuses the change (${code}).`, { next: 'See its log.' });
  return unavailable(error);
}

const unavailable = (error: unknown): ServerUnavailableError =>
  new ServerUnavailableError(`PostgreSQL could not be asked (${codeOf(error) || 'no connection in time'}).`, {
    next: 'Look at the server and its network; it is tried again.',
  });
