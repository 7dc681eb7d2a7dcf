import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { keyService } from '../../examples/api-keys/service.ts';
import type { RotationView } from '../../shared/api/secrets.ts';
import { freePort } from '../contracts/free-port.ts';
import { Plane } from './plane.ts';
import { UnlockedVault } from './unlocked-vault.ts';

const baseDir = fileURLToPath(new URL('../../examples/api-keys', import.meta.url));
const FIRST = 'the-first-key-of-all';
const MINUTE = 60_000;
const secretId = 'prod/api-key';

/** A service with two keys, whose first one is in the vault. */
async function bed({ put = true } = {}) {
  const service = keyService(FIRST);
  service.server.listen(await freePort(), '127.0.0.1');
  await once(service.server, 'listening');
  onTestFinished(() => {
    service.server.closeAllConnections();
    service.server.close();
  });
  const plane = await Plane.start();
  const vault = await UnlockedVault.open(plane.dataDir);
  onTestFinished(() => vault.lock());
  const url = `http://127.0.0.1:${(service.server.address() as AddressInfo).port}`;
  await vault.put(secretId, { service: url, id: 'first', key: FIRST });
  const settings = { secretId, system: 'two-keys', task: './rotate-key.ts#apiKey', baseDir, overlap: 10 * MINUTE } as const;
  if (put) await plane.call('put-secret', settings);
  const until = async (wanted: (rotation: RotationView | undefined) => boolean) => {
    let found: RotationView | undefined;
    await expect
      .poll(
        async () => {
          found = (await plane.call('get-secret', { secretId })).rotation;
          return wanted(found);
        },
        { timeout: 30_000 },
      )
      .toBe(true);
    return found;
  };
  return {
    ...{ plane, vault, service, settings, until },
    done: (version: string) => until((rotation) => rotation?.version === version && rotation.status === 'done'),
  };
}

describe('a secret of the vault', { timeout: 90_000 }, () => {
  it('is rotated, tells how that stands, and its old credential is revoked when its time is over', async () => {
    const { plane, vault, service, done } = await bed();
    const asked = await plane.call('ask-rotation', { secretId, reason: 'a first try' });
    expect(asked).toMatchObject({ status: 'pending' });
    await done(asked.version);
    expect(service.keys).toHaveLength(2);
    expect((await vault.get(secretId))['key']).not.toBe(FIRST);
    const detail = await plane.call('get-secret', { secretId });
    expect(detail).toMatchObject({ system: 'two-keys', enabled: true, overdue: false, window: { status: 'open' } });
    expect(detail.versions.map(({ labels }) => labels)).toEqual(expect.arrayContaining([['AWSCURRENT'], ['AWSPREVIOUS']]));
    expect(await plane.refused('ask-rotation', { secretId })).toMatchObject({ status: 409, code: 'ROTATION_BUSY' });
    plane.forward(11 * MINUTE);
    await plane.restart();
    const status = async () => (await plane.call('get-secret', { secretId })).window?.status;
    await expect.poll(status, { timeout: 30_000 }).toBe('revoked');
    expect(service.keys).toHaveLength(1);
    const { windows, events } = await plane.call('get-secret-history', { secretId });
    expect(windows).toMatchObject([{ version: asked.version, status: 'revoked' }]);
    expect(events.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['secretSettingsPut', 'rotationAsked', 'rotationFinished', 'credentialRevoked']),
    );
    expect(JSON.stringify([detail, windows, events])).not.toContain(FIRST);
  });

  it('goes on after a crash in the middle of a rotation, with the key that was made', async () => {
    const { plane, vault, service, until, done } = await bed();
    service.server.close();
    service.server.closeAllConnections();
    const { version } = await plane.call('ask-rotation', { secretId });
    await until((rotation) => rotation?.failure?.code === 'SERVER_UNAVAILABLE');
    const { port } = new URL(String((await vault.get(secretId))['service']));
    await plane.restart();
    service.server.listen(Number(port), '127.0.0.1');
    await done(version);
    expect(service.keys).toHaveLength(2);
  });

  it('is rotated on suspicion: the old credential goes at once', async () => {
    const { plane, service, done } = await bed();
    const { version } = await plane.call('ask-rotation', { secretId, revokeOld: true });
    await done(version);
    expect(service.keys.map(({ key }) => key)).not.toContain(FIRST);
    expect((await plane.call('get-secret', { secretId })).window).toMatchObject({ status: 'revoked', suspect: true });
    expect(await plane.refused('restore-secret', { secretId, version })).toMatchObject({
      status: 409,
      code: 'CREDENTIAL',
      detail: expect.stringContaining('valid no more'),
    });
  });

  it('is taken back while the old credential is valid', async () => {
    const { plane, vault, done } = await bed();
    const { version } = await plane.call('ask-rotation', { secretId });
    await done(version);
    const restored = await plane.call('restore-secret', { secretId, version, reason: 'too new' });
    expect(restored.window).toMatchObject({ old: version, status: 'open' });
    expect((await vault.get(secretId))['key']).toBe(FIRST);
  });

  it('is one rotation, however often it is asked for with one key', async () => {
    const { plane, service, done } = await bed();
    const ask = () => plane.send('ask-rotation', { secretId }, plane.token, 'the-same-key');
    const first = (await ask()).body as RotationView;
    await done(first.version);
    expect((await ask()).body).toMatchObject({ version: first.version });
    expect(service.keys).toHaveLength(2);
  });

  it('is rotated by the clock', async () => {
    const { plane, service } = await bed();
    await plane.call('put-secret', { secretId, every: 24 * 60 * MINUTE });
    expect(await plane.invoke('keep-rotations', {})).toMatchObject({ asked: [], begun: [], failed: [] });
    plane.forward(25 * 60 * MINUTE);
    expect(await plane.invoke('keep-rotations', {})).toMatchObject({ asked: [secretId], failed: [] });
    await expect.poll(() => service.keys.length, { timeout: 30_000 }).toBe(2);
  });

  it('is not rotated while it is disabled', async () => {
    const { plane } = await bed();
    expect(await plane.call('disable-secret', { secretId, reason: 'a move' })).toMatchObject({ enabled: false });
    expect(await plane.refused('ask-rotation', { secretId })).toMatchObject({ code: 'ROTATION_STEP' });
    expect(await plane.call('enable-secret', { secretId })).toMatchObject({ enabled: true });
    expect(await plane.call('ask-rotation', { secretId })).toMatchObject({ status: 'pending' });
  });

  it('is told of as far as it is known while the vault is locked, and what to do', async () => {
    const { plane, vault } = await bed();
    await vault.lock();
    expect(await plane.call('get-secret', { secretId })).toMatchObject({
      system: 'two-keys',
      unavailable: { code: 'SECRETS_UNAVAILABLE', next: 'slipway vault unlock' },
    });
    expect(await plane.refused('ask-rotation', { secretId })).toMatchObject({ status: 503, next: 'slipway vault unlock' });
  });

  it('has settings, at the revision that was seen', async () => {
    const { plane, settings } = await bed({ put: false });
    expect(await plane.refused('get-secret', { secretId })).toMatchObject({ status: 404, code: 'SECRET_NOT_FOUND' });
    expect(await plane.refused('put-secret', { ...settings, secretId: 'none' })).toMatchObject({ status: 404 });
    expect(await plane.refused('put-secret', { secretId })).toMatchObject({ status: 422, code: 'SECRET_SETTINGS' });
    const { rev } = await plane.call('put-secret', { ...settings, ifRev: 0 });
    expect(await plane.refused('put-secret', { ...settings, ifRev: 0 })).toMatchObject({ status: 412 });
    const changed = await plane.call('put-secret', { secretId, ifRev: rev, overlap: MINUTE, rule: { length: 40 } });
    expect(changed).toMatchObject({ overlap: MINUTE, rule: { length: 40 }, task: settings.task, system: 'two-keys' });
    expect((await plane.call('list-secrets', {})).rotated).toMatchObject([{ id: secretId, overlap: MINUTE }]);
  });

  it('is nothing to whoever has no role in its environment, and not to be rotated by a viewer', async () => {
    const { plane } = await bed();
    const elsewhere = await plane.tokenOf('staging:admin');
    const viewer = await plane.tokenOf('local:viewer');
    const operator = await plane.tokenOf('local:operator');
    expect((await plane.send('get-secret', { secretId }, elsewhere)).status).toBe(404);
    expect((await plane.send('get-secret', { secretId, environment: 'staging' }, elsewhere)).status).toBe(404);
    expect((await plane.send('ask-rotation', { secretId }, elsewhere)).status).toBe(404);
    expect((await plane.send('get-secret', { secretId }, viewer)).status).toBe(200);
    expect((await plane.send('ask-rotation', { secretId }, viewer)).status).toBe(403);
    expect((await plane.send('put-secret', { secretId, enabled: false }, operator)).status).toBe(403);
    expect((await plane.send('ask-rotation', { secretId }, operator)).status).toBe(200);
  });
});
