import { spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mysql } from '../../../adapters/systems/mysql.ts';
import type { SecretFields } from '../../../shared/secrets/secret-document.ts';
import { MariaDbServer, missingMariaDb } from '../servers/mariadb-server.ts';
import { type PlaneOptions, RotationPlane } from './rotation-plane.ts';
import { rotationScenarios } from './rotation-scenarios.ts';

const missing = missingMariaDb();
if (missing && process.env['CI'] === 'true') throw new Error(`MariaDB is missing: ${missing}`);
if (missing) console.log(`skipped: rotation on MariaDB: ${missing}`);

/** MariaDB's own client. */
const letsIn = async ({ host, port, username, password }: SecretFields): Promise<boolean> => {
  const to = ['--no-defaults', '-h', String(host), '-P', String(port), '-u', String(username), '-e', 'SELECT 1'];
  const env = { ...process.env, MYSQL_PWD: String(password) };
  const done = spawnSync('mariadb', to, { env, encoding: 'utf8' });
  if (done.status !== 0 && !/Access denied/.test(done.stderr)) throw new Error(done.stderr);
  return done.status === 0;
};

describe.skipIf(missing)('on MariaDB', () => {
  let server: MariaDbServer;
  let users = 0;
  beforeAll(async () => {
    server = await MariaDbServer.start();
  });
  afterAll(() => server?.close());

  const fresh = async (hosts = ['%'], username = `app${++users}`) => {
    const name = username.replaceAll('`', '``');
    for (const host of hosts) await server.sql(`CREATE USER \`${name}\`@\`${host}\` IDENTIFIED BY 'first'`);
    return { ...server.address, username, password: 'first' };
  };
  const plane = async (secret: SecretFields, options: PlaneOptions = {}) =>
    new RotationPlane(mysql, secret, { master: server.master, ...options });

  rotationScenarios('two passwords of one user', () => ({
    ...{ system: mysql, master: server.master, letsIn, fresh: () => fresh() },
    down: () => server.down(),
    up: () => server.up(),
    log: () => server.log(),
  }));

  it('takes passwords as they are where backslashes escape nothing, and where quotes are identifiers', async () => {
    await server.sql(`SET GLOBAL sql_mode = 'NO_BACKSLASH_ESCAPES,ANSI_QUOTES'`);
    try {
      const rotated = await plane(await fresh(), { make: () => `\\'"\\\\' OR 1=1 -- ` });
      await rotated.rotate();
      expect(await letsIn(await rotated.fields())).toBe(true);
    } finally {
      await server.sql('SET GLOBAL sql_mode = DEFAULT');
    }
  });

  it('rotates a user whose name is SQL, and nobody else', async () => {
    const bystander = await fresh();
    const rotated = await plane(await fresh(['%'], "x`@`%`'; DROP USER app"));
    await rotated.rotate();
    await rotated.revoke();
    expect(await letsIn(await rotated.fields())).toBe(true);
    expect(await letsIn(bystander)).toBe(true);
  });

  it('changes all accounts of a user, whatever their hosts, and keeps what they may do', async () => {
    const first = await fresh(['%', '127.0.0.1']);
    const name = String(first.username);
    await server.sql(`CREATE TABLE shop.${name} (id int)`);
    await server.sql(`GRANT SELECT ON shop.${name} TO '${name}'@'%', '${name}'@'127.0.0.1'`);
    const rotated = await plane(first);
    await rotated.rotate();
    await rotated.revoke();
    const second = await rotated.fields();
    expect(await server.sql(`SELECT count(*) AS n FROM shop.${name}`, second)).toEqual([{ n: 0 }]);
    const kept = await server.sql(`SELECT DISTINCT authentication_string AS hash FROM mysql.user WHERE User = '${name}'`);
    expect(kept).toHaveLength(1);
    await server.sql(`DROP USER '${name}'@'127.0.0.1'`);
    expect([await letsIn(first), await letsIn(second)]).toEqual([false, true]);
  });

  it('refuses a user one of whose accounts has another password, and changes none', async () => {
    const first = await fresh(['%']);
    await server.sql(`CREATE USER '${first.username}'@'10.0.0.1' IDENTIFIED BY 'of-somebody-else'`);
    const rotated = await plane(first);
    await expect(rotated.rotate()).rejects.toMatchObject({ code: 'ROTATION_STEP', message: expect.stringContaining('10.0.0.1') });
    expect(await letsIn(first)).toBe(true);
  });

  it('refuses a user without a master secret who may not alter itself, and one of another plugin', async () => {
    const first = await fresh();
    await expect(new RotationPlane(mysql, first).rotate()).rejects.toMatchObject({ code: 'ROTATION_STEP' });
    await server.sql(`CREATE USER socketed@'%' IDENTIFIED VIA mysql_native_password USING PASSWORD('first') OR unix_socket`);
    await expect((await plane({ ...server.address, username: 'socketed', password: 'first' })).rotate()).rejects.toMatchObject({
      message: expect.stringContaining('another plugin'),
    });
  });

  it('takes a server without a free connection for no bad password', async () => {
    const first = await fresh();
    const rotated = await plane(first);
    const token = rotated.begin();
    await rotated.step('createSecret', token);
    await server.sql('SET GLOBAL max_connections = 10');
    const letGo = await server.fill();
    try {
      await expect(rotated.step('setSecret', token)).rejects.toMatchObject({ code: 'SERVER_UNAVAILABLE', retryable: true });
    } finally {
      letGo();
      const reset = () =>
        server.sql('SET GLOBAL max_connections = 151').then(
          () => true,
          () => false,
        );
      // The server lets go of a session some time after its client has.
      while (!(await reset())) await sleep(50);
    }
    for (const step of ['setSecret', 'testSecret', 'finishSecret']) await rotated.step(step, token);
    expect(await letsIn(await rotated.fields())).toBe(true);
  });
});
