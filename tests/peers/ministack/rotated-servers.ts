import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { EmbeddedUserCode } from '../../../adapters/embedded/user-code/embedded-user-code.ts';
import { mysql } from '../../../adapters/systems/mysql.ts';
import { postgresql } from '../../../adapters/systems/postgresql.ts';
import { redis } from '../../../adapters/systems/redis.ts';
import { sshKey } from '../../../adapters/systems/ssh-key.ts';
import { twoKeys } from '../../../adapters/systems/two-keys.ts';
import { keyService } from '../../../examples/api-keys/service.ts';
import type { RotatedSystem } from '../../../shared/secrets/rotation/rotated-system.ts';
import type { SecretFields } from '../../../shared/secrets/secret-document.ts';
import { freePort } from '../../contracts/free-port.ts';
import { MariaDbServer, missingMariaDb } from '../servers/mariadb-server.ts';
import { missingPostgreSql, PostgreSqlServer } from '../servers/postgresql-server.ts';
import { missingRedis, RedisServer } from '../servers/redis-server.ts';
import { missingSsh, SshServer } from '../servers/ssh-server.ts';
import type { SecretName } from './rotated-plane.ts';

/** A real server with one credential that is to be rotated. */
export interface RotatedServer {
  readonly system: Pick<RotatedSystem, 'admits'>;
  readonly first: SecretFields;
  /** Of the user who may change it. */
  readonly master?: SecretFields;
  /** Ends at once, and comes back. */
  down(): Promise<void>;
  up(): Promise<void>;
  /** Everything that it has logged. */
  log(): Promise<string>;
  close(): Promise<void>;
}

interface Kind {
  /** Why there is none, in one line. */
  readonly missing: () => string | undefined;
  readonly start: () => Promise<RotatedServer>;
}

const managed = (server: Pick<RotatedServer, 'down' | 'up' | 'log' | 'close'>) => ({
  down: () => server.down(),
  up: () => server.up(),
  log: () => server.log(),
  close: () => server.close(),
});

async function cache(): Promise<RotatedServer> {
  const server = await RedisServer.start();
  await server.call('ACL', 'SETUSER', 'app', 'on', '>first-password', '~app:*', '+@read', '+ping');
  const first = { ...server.address, username: 'app', password: 'first-password' };
  return { system: redis, first, master: server.master, ...managed(server) };
}

async function database(): Promise<RotatedServer> {
  const server = await PostgreSqlServer.start();
  return { system: postgresql, first: server.first, master: server.master, ...managed(server) };
}

async function shop(): Promise<RotatedServer> {
  const server = await MariaDbServer.start();
  await server.sql(`CREATE USER 'app'@'%' IDENTIFIED BY 'first-password'`);
  const first = { ...server.address, username: 'app', password: 'first-password' };
  return { system: mysql, first, master: server.master, ...managed(server) };
}

async function host(): Promise<RotatedServer> {
  const server = await SshServer.start();
  return { system: sshKey, first: await server.authorised(), ...managed(server) };
}

async function keys(): Promise<RotatedServer> {
  const baseDir = fileURLToPath(new URL('../../../examples/api-keys', import.meta.url));
  const userCode = new EmbeddedUserCode({ baseDir });
  const { server, log } = keyService('first-key');
  // A connection that is kept would be to a server of before.
  server.maxRequestsPerSocket = 1;
  const port = await freePort();
  const up = async () => void (await once(server.listen(port, '127.0.0.1'), 'listening'));
  const down = async () => {
    if (!server.listening) return;
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  await up();
  return {
    system: twoKeys({ userCode, clock: { now: () => Date.now() }, ref: './rotate-key.ts#apiKey' }),
    first: { service: `http://127.0.0.1:${port}`, id: 'first', key: 'first-key' },
    ...{ up, down, log: async () => log.join('\n') },
    close: async () => {
      await down();
      await userCode.close();
    },
  };
}

export const SERVERS: Readonly<Record<SecretName, Kind>> = {
  cache: { missing: missingRedis, start: cache },
  db: { missing: missingPostgreSql, start: database },
  shop: { missing: missingMariaDb, start: shop },
  host: { missing: missingSsh, start: host },
  keys: { missing: () => undefined, start: keys },
};
