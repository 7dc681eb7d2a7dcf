import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { postgresql, postgresqlSingleUser } from '../../../adapters/systems/postgresql.ts';
import type { SecretFields } from '../../../shared/secrets/secret-document.ts';
import { missingPostgreSql, PostgreSqlServer } from '../servers/postgresql-server.ts';
import { run } from '../servers/server-process.ts';
import { RotationPlane } from './rotation-plane.ts';
import { rotationScenarios } from './rotation-scenarios.ts';
import type { ServerBed } from './server-bed.ts';

const missing = missingPostgreSql();
if (missing && process.env['CI'] === 'true') throw new Error(`PostgreSQL is missing: ${missing}`);
if (missing) console.log(`skipped: rotation on PostgreSQL: ${missing}`);

describe.skipIf(missing)('on PostgreSQL', () => {
  let server: PostgreSqlServer;
  let users = 0;
  beforeAll(async () => {
    server = await PostgreSqlServer.start();
  });
  afterAll(() => server?.close());

  /** psql: libpq prepares passwords by itself, as most clients do. */
  const letsIn = async ({ host, port, dbname, username, password }: SecretFields): Promise<boolean> => {
    const to = `host=${String(host)} port=${String(port)} dbname=${String(dbname)} user='${String(username)}' connect_timeout=5`;
    const env = { ...process.env, PGPASSWORD: String(password), PGCLIENTENCODING: 'UTF8' };
    const done = spawnSync('psql', ['-X', '-At', '-c', 'SELECT 1', to], { env, encoding: 'utf8' });
    if (done.status !== 0 && !/password authentication failed/.test(done.stderr)) throw new Error(done.stderr);
    return done.status === 0;
  };

  const bed = (system: ServerBed['system'], master?: SecretFields): ServerBed => ({
    ...{ system, master },
    letsIn,
    fresh: async () => {
      const username = `app${++users}`;
      await server.sql(`CREATE ROLE ${username} LOGIN PASSWORD 'first'`);
      return { ...server.address, username, password: 'first' };
    },
    down: () => server.down(),
    up: () => server.up(),
    log: () => server.log(),
  });

  rotationScenarios('two roles that take turns', () => bed(postgresql, server.master));
  rotationScenarios('one role', () => bed(postgresqlSingleUser));

  it('keeps grants and ownership: what the second role makes belongs to the first', async () => {
    const plane = new RotationPlane(postgresql, server.first, { master: server.master });
    await server.sql('CREATE TABLE orders (id int); INSERT INTO orders VALUES (1)', server.first);
    const inShop = { ...server.master, dbname: 'shop' };
    await server.sql('CREATE TABLE ledger (id int); GRANT SELECT ON ledger TO app', inShop);
    await plane.rotate();
    const second = await plane.fields();
    expect(second['username']).toBe('app_clone');
    expect(await server.sql('SELECT count(*)::int AS n FROM orders', second)).toEqual([{ n: 1 }]);
    expect(await server.sql('SELECT count(*)::int AS n FROM ledger', second)).toEqual([{ n: 0 }]);
    await server.sql('ALTER TABLE orders ADD COLUMN note text; CREATE TABLE notes (id int)', second);
    expect(await server.sql(`SELECT tableowner FROM pg_tables WHERE tablename = 'notes'`, second)).toEqual([
      { tableowner: 'app' },
    ]);
    await plane.revoke();
    await server.sql('DROP TABLE orders', second);
    await plane.rotate();
    await server.sql('DROP TABLE notes', await plane.fields());
  });

  it('rotates a role whose name is SQL, and refuses one whose second name would be cut off', async () => {
    const name = `x"; DROP ROLE bystander; --'`;
    await server.sql(
      `CREATE ROLE "${name.replaceAll('"', '""')}" LOGIN PASSWORD 'first'; CREATE ROLE bystander LOGIN PASSWORD 'first'`,
    );
    const bystander = { ...server.address, username: 'bystander', password: 'first' };
    const plane = new RotationPlane(
      postgresql,
      { ...server.address, username: name, password: 'first' },
      { master: server.master },
    );
    await plane.rotate();
    expect(await server.sql('SELECT current_user AS name', await plane.fields())).toEqual([{ name }]);
    expect(await letsIn(bystander)).toBe(true);
    const long = { ...server.first, username: 'r'.repeat(60) };
    await expect(new RotationPlane(postgresql, long).rotate()).rejects.toMatchObject({ code: 'SECRET_SHAPE' });
  });

  it('takes a server without a free connection for no bad password', async () => {
    const username = `app${++users}`;
    await server.sql(`CREATE ROLE ${username} LOGIN PASSWORD 'first'; ALTER ROLE ${username} CONNECTION LIMIT 0`);
    const plane = new RotationPlane(postgresqlSingleUser, { ...server.address, username, password: 'first' });
    const token = plane.begin();
    await plane.step('createSecret', token);
    const full = { code: 'SERVER_UNAVAILABLE', message: expect.stringContaining('53300') };
    await expect(plane.step('setSecret', token)).rejects.toMatchObject(full);
    await server.sql(`ALTER ROLE ${username} CONNECTION LIMIT -1`);
    for (const step of ['setSecret', 'testSecret', 'finishSecret']) await plane.step(step, token);
    expect(await letsIn(await plane.fields())).toBe(true);
  });

  it('takes a certificate that nobody vouches for as no bad password, and tells that server nothing', async () => {
    const [key, cert] = [join(server.folder, 'tls-key'), join(server.folder, 'tls-cert')];
    const made = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', key, '-out', cert];
    run('postgres', ['openssl', 'req', '-x509', '-subj', '/CN=127.0.0.1', '-days', '1', ...made]);
    await server.set(`ssl = on\nssl_key_file = '${key}'\nssl_cert_file = '${cert}'`);
    await server.down();
    await server.up();
    const username = `app${++users}`;
    await server.sql(`CREATE ROLE ${username} LOGIN PASSWORD 'first'`);
    const plane = new RotationPlane(postgresqlSingleUser, { ...server.address, username, password: 'first', ssl: true });
    const { length } = await server.log();
    await expect(plane.rotate()).rejects.toMatchObject({
      ...{ code: 'SERVER_UNAVAILABLE', message: expect.stringContaining('DEPTH_ZERO_SELF_SIGNED_CERT') },
    });
    const heard = (await server.log()).slice(length);
    expect(heard).toContain('SSL');
    expect(heard).not.toContain(username);
    expect(await letsIn({ ...server.address, username, password: 'first' })).toBe(true);
  });
});
