import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { redis } from '../../../adapters/systems/redis.ts';
import type { SecretFields } from '../../../shared/secrets/secret-document.ts';
import { missingRedis, RedisServer } from '../servers/redis-server.ts';
import { RotationPlane } from './rotation-plane.ts';
import { rotationScenarios } from './rotation-scenarios.ts';

const missing = missingRedis();
if (missing && process.env['CI'] === 'true') throw new Error(`Redis is missing: ${missing}`);
if (missing) console.log(`skipped: rotation on Redis: ${missing}`);

/** Redis's own client. */
const letsIn = async ({ host, port, username, password }: SecretFields): Promise<boolean> => {
  const to = ['-h', String(host), '-p', String(port), '--user', String(username), '--no-auth-warning', 'PING'];
  const env = { ...process.env, REDISCLI_AUTH: String(password) };
  const done = spawnSync('redis-cli', to, { env, encoding: 'utf8' });
  const said = done.stdout + done.stderr;
  if (/WRONGPASS/.test(said)) return false;
  if (/PONG/.test(said)) return true;
  throw new Error(said);
};

describe.skipIf(missing)('on Redis', () => {
  let server: RedisServer;
  let users = 0;
  beforeAll(async () => {
    server = await RedisServer.start();
  });
  afterAll(() => server?.close());

  const fresh = async (more: readonly string[] = [], at = server) => {
    const username = `app${++users}`;
    await at.call('ACL', 'SETUSER', username, 'on', '>first', '~app:*', '+@read', '+ping', ...more);
    if (at === server) await at.call('ACL', 'SAVE');
    return { ...at.address, username, password: 'first' };
  };

  rotationScenarios('two passwords of one user', () => ({
    ...{ system: redis, master: server.master, letsIn, fresh: () => fresh() },
    down: () => server.down(),
    up: () => server.up(),
    log: () => server.log(),
  }));

  it('keeps what the user may do, and the new password over a restart', async () => {
    const plane = new RotationPlane(redis, await fresh(), { master: server.master });
    const rules = async () => JSON.stringify(await server.call('ACL', 'GETUSER', `app${users}`)).replace(/[0-9a-f]{64}/g, '#');
    const before = await rules();
    await plane.rotate();
    await plane.revoke();
    expect(await rules()).toBe(before);
    await server.down();
    await server.up();
    expect(await letsIn(await plane.fields())).toBe(true);
  });

  it('lets a user rotate itself where it may alter users, and refuses it where it may not', async () => {
    const own = new RotationPlane(redis, await fresh(['+acl']));
    await own.rotate();
    expect(await own.revoke()).toBe('revoked');
    const other = new RotationPlane(redis, await fresh());
    await expect(other.rotate()).rejects.toMatchObject({ code: 'ROTATION_STEP', message: expect.stringContaining('NOPERM') });
  });

  it('takes no password that is set beside them for a valid one after the window', async () => {
    const plane = new RotationPlane(redis, await fresh(), { master: server.master });
    await plane.rotate();
    const stray: SecretFields = { ...(await plane.fields()), password: 'by-hand' };
    await server.call('ACL', 'SETUSER', String(stray['username']), '>by-hand');
    await plane.revoke();
    expect([await letsIn(stray), await letsIn(await plane.fields())]).toEqual([false, true]);
  });

  it('refuses a user that any password lets in', async () => {
    const plane = new RotationPlane(redis, await fresh(['nopass']), { master: server.master });
    await expect(plane.rotate()).rejects.toMatchObject({ message: expect.stringContaining('nopass') });
  });

  it('moves no label where the server would forget the new password at its next start', async () => {
    const forgetful = await RedisServer.start({ aclFile: false });
    try {
      const first = await fresh([], forgetful);
      const plane = new RotationPlane(redis, first, { master: forgetful.master });
      await expect(plane.rotate()).rejects.toMatchObject({ code: 'ROTATION_STEP', message: expect.stringContaining('aclfile') });
      expect(await plane.fields()).toMatchObject(first);
    } finally {
      await forgetful.close();
    }
  });

  it('takes a server without a free connection for no bad password', async () => {
    const plane = new RotationPlane(redis, await fresh(), { master: server.master });
    const token = plane.begin();
    await plane.step('createSecret', token);
    await server.call('CONFIG', 'SET', 'maxclients', '1');
    try {
      await expect(plane.step('setSecret', token)).rejects.toMatchObject({ code: 'SERVER_UNAVAILABLE' });
    } finally {
      // Nobody can connect to say it.
      await server.down();
      await server.up();
    }
    for (const step of ['setSecret', 'testSecret', 'finishSecret']) await plane.step(step, token);
    expect(await letsIn(await plane.fields())).toBe(true);
  });
});
