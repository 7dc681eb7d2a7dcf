import { mysql } from '../adapters/systems/mysql.ts';
import { postgresql, postgresqlSingleUser } from '../adapters/systems/postgresql.ts';
import { redis } from '../adapters/systems/redis.ts';
import { sshKey } from '../adapters/systems/ssh-key.ts';
import type { RotatedSystem } from '../shared/secrets/rotation/rotated-system.ts';
import type { SecretFields } from '../shared/secrets/secret-document.ts';
import { MariaDbServer, missingMariaDb } from '../tests/peers/servers/mariadb-server.ts';
import { missingPostgreSql, PostgreSqlServer } from '../tests/peers/servers/postgresql-server.ts';
import { missingRedis, RedisServer } from '../tests/peers/servers/redis-server.ts';
import { missingSsh, SshServer } from '../tests/peers/servers/ssh-server.ts';
import { type RotationLoad, setThenMove } from './rotation-clients.ts';

type Way = Pick<RotationLoad, 'system' | 'secret' | 'master'>;

/** A real server, and the two ways to rotate a user of it; each on a user of its own. */
export interface RotatedServer {
  readonly logIn: RotationLoad['logIn'];
  /** As Slipway does it. */
  readonly twoAtOnce: Way;
  /** As the public templates do it for one user. */
  readonly setThenMove: Way;
  close(): Promise<void>;
}

export interface RotatedServerKind {
  readonly name: string;
  /** Why it cannot be started here, in one line. */
  readonly missing: () => string | undefined;
  readonly start: () => Promise<RotatedServer>;
}

export const SERVERS: readonly RotatedServerKind[] = [
  { name: 'postgresql', missing: missingPostgreSql, start: startPostgreSql },
  { name: 'mariadb', missing: missingMariaDb, start: startMariaDb },
  { name: 'redis', missing: missingRedis, start: startRedis },
  { name: 'ssh', missing: missingSsh, start: startSsh },
];

async function startPostgreSql(): Promise<RotatedServer> {
  const server = await PostgreSqlServer.start();
  await server.sql(`CREATE ROLE other LOGIN PASSWORD 'first-password'`);
  const { first: secret, master } = server;
  return {
    logIn: (fields) => server.sql('SELECT 1', fields),
    twoAtOnce: { system: postgresql, secret, master },
    setThenMove: { system: postgresqlSingleUser, secret: { ...secret, username: 'other' }, master },
    close: () => server.close(),
  };
}

async function startMariaDb(): Promise<RotatedServer> {
  const server = await MariaDbServer.start();
  for (const user of ['app', 'other']) await server.sql(`CREATE USER ${user}@'%' IDENTIFIED BY 'first'`);
  const secret = (username: string): SecretFields => ({ ...server.address, username, password: 'first' });
  return {
    logIn: (fields) => server.sql('SELECT 1', fields),
    ...waysOf(mysql, secret('app'), secret('other'), server.master),
    close: () => server.close(),
  };
}

async function startRedis(): Promise<RotatedServer> {
  const server = await RedisServer.start();
  for (const user of ['app', 'other']) await server.call('ACL', 'SETUSER', user, 'on', '>first', '+ping');
  const secret = (username: string): SecretFields => ({ ...server.address, username, password: 'first' });
  return {
    logIn: (fields) => server.callAs(fields, 'PING'),
    ...waysOf(redis, secret('app'), secret('other'), server.master),
    close: () => server.close(),
  };
}

async function startSsh(): Promise<RotatedServer> {
  const server = await SshServer.start();
  const logIn = async (fields: SecretFields) => {
    if (!(await sshKey.admits(fields))) throw new Error('Permission denied (publickey).');
  };
  return {
    logIn,
    ...waysOf(sshKey, await server.authorised(), await server.authorised()),
    close: () => server.close(),
  };
}

const waysOf = (system: RotatedSystem, secret: SecretFields, other: SecretFields, master?: SecretFields) => ({
  twoAtOnce: { system, secret, ...(master ? { master } : {}) },
  setThenMove: { system: setThenMove(system), secret: other, ...(master ? { master } : {}) },
});
