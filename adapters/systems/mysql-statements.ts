import { createHash } from 'node:crypto';
import { RotationStepError } from '../../shared/errors/secret-errors.ts';

const NATIVE = 'mysql_native_password';

/** One account of a user: the server keeps each host's apart. */
export interface Account {
  readonly user: string;
  readonly host: string;
  /** MariaDB: plugin and hash of each way in. MySQL: empty, since its hashes are salted. */
  readonly ways: readonly { readonly plugin: string; readonly hash: string }[];
  /** MySQL: whether it has a second password already. */
  readonly second: boolean;
}

/** In clear: what lets a user in afterwards is `keep` and, where there is one, `add`. */
export interface Passwords {
  readonly add?: string;
  readonly keep: string;
}

/** What the server keeps of a password, so that no statement, and so no log of the server, holds it. */
export const nativeHash = (password: string): string =>
  `*${sha1(sha1(Buffer.from(password, 'utf8')))
    .toString('hex')
    .toUpperCase()}`;

const sha1 = (of: Uint8Array): Buffer => createHash('sha1').update(of).digest();

/**
 * MariaDB's statements, which say all that lets the user in: the same however often they are run. Throws RotationStepError where an
 * account has another password than the others, since its clients do not read this secret.
 */
export function mariaDbStatements(accounts: readonly Account[], { add, keep }: Passwords): string[] {
  const ours = [...(add === undefined ? [] : [add]), keep].map(nativeHash);
  const follows = ({ ways }: Account) => ways.some(({ hash }) => ours.includes(hash));
  const other = accounts.find(({ ways }) => ways.some(({ plugin }) => plugin !== NATIVE));
  if (other) {
    throw new RotationStepError(`${told(other)} is let in by another plugin than ${NATIVE}.`, {
      next: `Alter it to ${NATIVE}, or take its password out of rotation.`,
    });
  }
  const stranger = accounts.some(follows) ? accounts.find((account) => !follows(account)) : undefined;
  if (stranger) {
    throw new RotationStepError(`${told(stranger)} has another password than the user's other accounts.`, {
      next: 'Give it the same password, or another name; nothing was changed.',
    });
  }
  return accounts.map((account) => {
    // What is there stays until something is taken away: nobody is locked out by a secret that was wrong before.
    const there = add === undefined ? [] : account.ways.map(({ hash }) => hash);
    const ways = [...new Set([...ours, ...there])].map((hash) => `${NATIVE} USING '${hash}'`);
    return `ALTER USER ${named(account)} IDENTIFIED VIA ${ways.join(' OR ')}`;
  });
}

/**
 * MySQL's statements, for a session whose sql_mode is NO_BACKSLASH_ESCAPES. They hold the password, which MySQL leaves out of its logs.
 * A second password is kept as it is: the first attempt has put the current one there.
 */
export function mySqlStatements(accounts: readonly Account[], { add, keep }: Passwords): string[] {
  if (add === undefined) {
    const to = accounts.map((account) => `${named(account)} IDENTIFIED BY ${literal(keep)}`);
    return [`ALTER USER ${to.join(', ')}`, `ALTER USER ${accounts.map((it) => `${named(it)} DISCARD OLD PASSWORD`).join(', ')}`];
  }
  const to = accounts.map(
    (account) => `${named(account)} IDENTIFIED BY ${literal(add)}${account.second ? '' : ' RETAIN CURRENT PASSWORD'}`,
  );
  return [`ALTER USER ${to.join(', ')}`];
}

/** As `mysql.global_priv` keeps it; an empty object among `auth_or` stands for the way beside it. */
export function mariaDbAccount(user: string, host: string, priv: string): Account {
  const { plugin, authentication_string, auth_or } = JSON.parse(priv) as Way & { auth_or?: Way[] };
  const first = { plugin, authentication_string };
  const ways = (auth_or ?? [first]).map((way) => (way.plugin === undefined ? first : way));
  return {
    ...{ user, host, second: false },
    ways: ways.map((way) => ({ plugin: way.plugin ?? '', hash: way.authentication_string ?? '' })),
  };
}

interface Way {
  readonly plugin?: string;
  readonly authentication_string?: string;
}

/** Between backticks no mode gives a character a meaning, but for the backtick itself. */
const named = ({ user, host }: Account): string => `${quoted(user)}@${quoted(host)}`;
const quoted = (name: string): string => `\`${name.replaceAll('`', '``')}\``;
const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;
const told = ({ user, host }: Account): string => `The account ${JSON.stringify(user)} of host ${JSON.stringify(host)}`;
