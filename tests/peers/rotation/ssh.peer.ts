import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ed25519Pair } from '../../../adapters/systems/ed25519-pair.ts';
import { sshKey } from '../../../adapters/systems/ssh-key.ts';
import type { SecretFields } from '../../../shared/secrets/secret-document.ts';
import { missingSsh, SshServer } from '../servers/ssh-server.ts';
import { RotationPlane } from './rotation-plane.ts';
import { rotationScenarios } from './rotation-scenarios.ts';

const missing = missingSsh();
if (missing && process.env['CI'] === 'true') throw new Error(`OpenSSH is missing: ${missing}`);
if (missing) console.log(`skipped: rotation on OpenSSH: ${missing}`);

describe.skipIf(missing)('on OpenSSH', () => {
  let server: SshServer;
  beforeAll(async () => {
    server = await SshServer.start();
  });
  afterAll(() => server?.close());

  /** OpenSSH's own client. */
  const letsIn = async ({ host, port, username, privateKey, hostKey }: SecretFields): Promise<boolean> => {
    const key = join(server.folder, 'client-key');
    const known = join(server.folder, 'known-hosts');
    await rm(key, { force: true });
    await writeFile(key, String(privateKey), { mode: 0o600 });
    await writeFile(known, `[${String(host)}]:${String(port)} ${String(hostKey)}\n`);
    const options = ['BatchMode=yes', 'IdentitiesOnly=yes', 'StrictHostKeyChecking=yes', `UserKnownHostsFile=${known}`];
    const to = ['-F', 'none', '-i', key, '-p', String(port), ...options.flatMap((option) => ['-o', option])];
    const done = spawnSync('ssh', [...to, `${String(username)}@${String(host)}`, 'true'], { encoding: 'utf8' });
    if (done.status !== 0 && !/Permission denied/.test(done.stderr)) throw new Error(done.stderr);
    return done.status === 0;
  };

  rotationScenarios(
    'two keys of one account',
    () => ({
      ...{ system: sshKey, letsIn, fresh: () => server.authorised() },
      down: () => server.down(),
      up: () => server.up(),
      log: () => server.log(),
      clear: ({ privateKey }) => String(privateKey).split('\n').at(3) ?? '',
      wrong: (fields) => {
        const pair = ed25519Pair();
        return { ...fields, privateKey: pair.private, publicKey: pair.public };
      },
    }),
    { passwords: [] },
  );

  it('leaves the lines of others as they are, and gives the new key the options of the old one', async () => {
    const before = await readFile(server.authorizedKeys, 'utf8');
    const plane = new RotationPlane(sshKey, await server.authorised('no-pty,environment="A=b c" '));
    await plane.rotate();
    await plane.revoke();
    const after = await readFile(server.authorizedKeys, 'utf8');
    expect(after.startsWith(before)).toBe(true);
    const base64 = String((await plane.fields())['publicKey']).split(' ')[1];
    expect(after.slice(before.length)).toBe(`no-pty,environment="A=b c" ssh-ed25519 ${base64} slipway-rotation\n`);
    expect(await letsIn(await plane.fields())).toBe(true);
  });

  it('keeps every key where many rotations write at once', async () => {
    const planes = [];
    for (let index = 0; index < 8; index += 1) planes.push(new RotationPlane(sshKey, await server.authorised()));
    await Promise.all(planes.map((plane) => plane.rotate()));
    for (const plane of planes) expect(await letsIn(await plane.fields())).toBe(true);
  });

  it('goes on where another writer died with the file in hand', async () => {
    const plane = new RotationPlane(sshKey, await server.authorised());
    await writeFile(`${server.authorizedKeys}.slipway-lock`, '');
    await plane.rotate();
    expect(await letsIn(await plane.fields())).toBe(true);
  });

  it('tells a host nothing that shows another key than the secret says', async () => {
    const secret = await server.authorised();
    const plane = new RotationPlane(sshKey, { ...secret, hostKey: ed25519Pair().public });
    const token = plane.begin();
    await plane.step('createSecret', token);
    const log = () => readFile(join(server.folder, 'log'), 'utf8');
    const { length } = await log();
    await expect(plane.step('setSecret', token)).rejects.toMatchObject({
      ...{ code: 'SERVER_UNAVAILABLE', message: expect.stringContaining('Another host key') },
    });
    const heard = (await log()).slice(length);
    expect(heard).toContain('KEX');
    expect(heard).not.toContain('userauth-request');
    const { hostKey: _none, ...without } = secret;
    const blind = new RotationPlane(sshKey, without);
    await expect(blind.rotate()).rejects.toMatchObject({ code: 'SECRET_SHAPE', message: expect.stringContaining('hostKey') });
  });

  it('takes a server without a free connection for no bad key', async () => {
    const plane = new RotationPlane(sshKey, await server.authorised());
    const token = plane.begin();
    await plane.step('createSecret', token);
    await server.down();
    await server.up({ MaxStartups: 1 });
    const held = createConnection(server.port, '127.0.0.1');
    try {
      await once(held, 'data');
      await expect(plane.step('setSecret', token)).rejects.toMatchObject({ code: 'SERVER_UNAVAILABLE', retryable: true });
    } finally {
      held.destroy();
      await server.down();
      await server.up();
    }
    for (const step of ['setSecret', 'testSecret', 'finishSecret']) await plane.step(step, token);
    expect(await letsIn(await plane.fields())).toBe(true);
  });

  it('revokes nothing where the server reads its keys from another file', async () => {
    const secret = await server.authorised();
    const elsewhere = join(server.folder, 'elsewhere');
    await writeFile(elsewhere, '');
    const plane = new RotationPlane(sshKey, { ...secret, authorizedKeysFile: elsewhere });
    await expect(plane.rotate()).rejects.toMatchObject({ code: 'CREDENTIAL' });
    expect(await letsIn(secret)).toBe(true);
  });
});
