import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import { RotationStepError, ServerUnavailableError, ValueRefusedError } from '../../shared/errors/secret-errors.ts';
import type { RotatedSystem } from '../../shared/secrets/rotation/rotated-system.ts';
import type { SecretFields } from '../../shared/secrets/secret-document.ts';
import { type Account, mariaDbAccount, mariaDbStatements, mySqlStatements, type Passwords } from './mysql-statements.ts';

const CONNECT_MS = 5000;
const STATEMENT_MS = 20_000;
const LOCK_S = 10;
const PORT = 3306;

/**
 * One user with two passwords: MariaDB 10.4 and later by `IDENTIFIED VIA ... OR ...`, MySQL 8.0.14 and later by `RETAIN CURRENT
 * PASSWORD`. All accounts of the user's name, whatever their hosts, get both. Needs a master secret (`masterarn`) whose user has
 * CREATE USER and SELECT on `mysql.*`, and on MySQL APPLICATION_PASSWORD_ADMIN.
 */
export const mysql: RotatedSystem = {
  name: 'mysql',
  overlaps: true,
  problemOf,
  identityOf: ({ host, port, username }) => JSON.stringify([host, Number(port ?? PORT), username]),
  next: (_current, make) => ({ password: make() }),
  admits,
  install: ({ current, pending, by }) =>
    alter(by, current, { add: String(pending['password']), keep: String(current['password']) }),
  revoke: ({ current, by }) => alter(by, current, { keep: String(current['password']) }),
};

function problemOf(fields: SecretFields): string | undefined {
  for (const name of ['host', 'username', 'password'] as const) {
    const value = fields[name];
    if (typeof value !== 'string' || value === '') return `it has no ${name}.`;
    if (value.includes('\0')) return `its ${name} holds a NUL character.`;
  }
  return undefined;
}

async function admits(fields: SecretFields): Promise<boolean> {
  try {
    await connected(fields, async () => {});
    return true;
  } catch (error) {
    if (codeOf(error) === 'ER_ACCESS_DENIED_ERROR') return false;
    throw unavailable(error);
  }
}

async function alter(by: SecretFields, { username }: SecretFields, passwords: Passwords): Promise<void> {
  try {
    await connected(by, async (session) => {
      await session.query({ sql: "SET SESSION sql_mode = 'NO_BACKSLASH_ESCAPES'", timeout: STATEMENT_MS });
      // What MySQL is told depends on what it was told before: rotations of one user wait for each other.
      const [lock] = await rows(session, 'SELECT GET_LOCK(SHA2(?, 256), ?) AS held', [`slipway:${String(username)}`, LOCK_S]);
      if (Number(lock?.['held']) !== 1) throw new ServerUnavailableError('Another rotation of this user goes on at the server.');
      for (const sql of await statements(session, String(username), passwords))
        await session.query({ sql, timeout: STATEMENT_MS });
    });
  } catch (error) {
    throw refusal(error);
  }
}

async function statements(session: Connection, user: string, passwords: Passwords): Promise<string[]> {
  const [server] = await rows(session, 'SELECT VERSION() AS version', []);
  const isMariaDb = String(server?.['version']).includes('MariaDB');
  const accounts = isMariaDb ? await mariaDbAccounts(session, user) : await mySqlAccounts(session, user);
  if (accounts.length === 0) throw new RotationStepError('The server has no account of this name.', { next: 'Create it.' });
  return isMariaDb ? mariaDbStatements(accounts, passwords) : mySqlStatements(accounts, passwords);
}

async function mariaDbAccounts(session: Connection, user: string): Promise<Account[]> {
  const asked = `SELECT Host AS host, CAST(Priv AS CHAR) AS priv FROM mysql.global_priv WHERE User = ? AND NOT COALESCE(JSON_VALUE(Priv, '$.is_role'), 0)`;
  const found = await rows(session, asked, [user]);
  return found.map(({ host, priv }) => mariaDbAccount(user, String(host), String(priv)));
}

async function mySqlAccounts(session: Connection, user: string): Promise<Account[]> {
  const asked = `SELECT Host AS host, JSON_CONTAINS_PATH(COALESCE(User_attributes, '{}'), 'one', '$.additional_password') AS second FROM mysql.user WHERE User = ?`;
  const found = await rows(session, asked, [user]);
  return found.map(({ host, second }) => ({ user, host: String(host), ways: [], second: Number(second) === 1 }));
}

/** As a prepared statement: values never become a part of it. */
async function rows(session: Connection, sql: string, values: (string | number)[]): Promise<RowDataPacket[]> {
  const [found] = await session.execute<RowDataPacket[]>({ sql, timeout: STATEMENT_MS }, values);
  return found;
}

/** Without a database: whether a user may use one says nothing of its password. */
async function connected<T>(
  { host, port, username, password, ssl }: SecretFields,
  use: (session: Connection) => Promise<T>,
): Promise<T> {
  const session = await createConnection({
    ...{ host: String(host), port: Number(port ?? PORT), user: String(username), password: String(password) },
    ...{ connectTimeout: CONNECT_MS, charset: 'utf8mb4' },
    ...(ssl === true ? { ssl: { rejectUnauthorized: true, verifyIdentity: true } } : {}),
  });
  // A connection that breaks between two statements would otherwise end the process.
  session.on('error', () => {});
  try {
    return await use(session);
  } finally {
    session.destroy();
  }
}

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '');

const MAY_NOT = ['ER_SPECIFIC_ACCESS_DENIED_ERROR', 'ER_TABLEACCESS_DENIED_ERROR', 'ER_DBACCESS_DENIED_ERROR'];
const REFUSED = ['ER_NOT_VALID_PASSWORD', 'ER_CREDENTIALS_CONTRADICT_TO_HISTORY'];
const IMPOSSIBLE = ['ER_OPTION_PREVENTS_STATEMENT', 'ER_PARSE_ERROR', 'ER_CANNOT_USER', 'ER_PLUGIN_IS_NOT_LOADED'];

/** Only codes are told: a server's message, and a driver's error, may hold the statement. */
function refusal(error: unknown): Error {
  if (error instanceof RotationStepError || error instanceof ServerUnavailableError) return error;
  const code = codeOf(error);
  if (MAY_NOT.includes(code)) {
    return new RotationStepError(`The user that rotates may not alter the other one (${code}).`, {
      next: 'Name a master secret by `masterarn` whose user has CREATE USER and SELECT on mysql.*.',
    });
  }
  if (REFUSED.includes(code)) return new ValueRefusedError(`The server refuses the new password (${code}).`);
  if (IMPOSSIBLE.includes(code))
    return new RotationStepError(`The server refuses the change (${code}).`, { next: 'See its log.' });
  return unavailable(error);
}

const unavailable = (error: unknown): ServerUnavailableError =>
  new ServerUnavailableError(`The MySQL server could not be asked (${codeOf(error) || 'no answer in time'}).`, {
    next: 'Look at the server and its network; it is tried again.',
  });
