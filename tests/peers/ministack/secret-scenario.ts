import { CreateSecretCommand, DeleteSecretCommand, DescribeSecretCommand } from '@aws-sdk/client-secrets-manager';
import { expect, it } from 'vitest';
import type { PeerPlane } from './peer-plane.ts';

const environment = 'test';
const secretId = 'slipway-test-secret-sample';
const DAY_MS = 24 * 3_600_000;

/**
 * What people and the clock ask of a secret. The peer rotates without calling a function, so that no rotation of ours takes place:
 * those are played where RotatedSecrets are deployed (`rotated-secret.peer.ts`).
 */
export function secretScenario(deployed: () => PeerPlane): void {
  it('has secrets rotated by Secrets Manager, as people say', async () => {
    const plane = deployed();
    const { secrets } = plane.clients;
    const made = () => secrets.send(new CreateSecretCommand({ Name: secretId, SecretString: '{"username":"a","password":"b"}' }));
    const enabled = async () => (await secrets.send(new DescribeSecretCommand({ SecretId: secretId }))).RotationEnabled === true;
    await made();
    const which = { secretId, environment };
    expect((await plane.send('put-secret', { ...which, system: 'redis', every: DAY_MS })).status).toBe(200);
    expect(await enabled()).toBe(true);
    // The peer knows no CancelRotateSecret.
    const busy = { status: 409, code: 'ROTATION_BUSY' };
    expect(await plane.refused('put-secret', { ...which, enabled: false })).toMatchObject(busy);
    expect(await plane.refused('disable-secret', which)).toMatchObject(busy);
    await secrets.send(new DeleteSecretCommand({ SecretId: secretId, ForceDeleteWithoutRecovery: true }));
    await made();
    await plane.call('enable-secret', which);
    expect(await enabled()).toBe(true);
    expect(await plane.call('get-secret', which)).toMatchObject({ id: secretId, enabled: true });
    expect((await plane.call('list-secrets', { environment })).rotated.map(({ id }) => id)).toEqual([secretId]);
    await plane.call('get-secret-history', which);
    expect((await plane.send('ask-rotation', which)).status).toBeLessThan(500);
    // It has no function that could restore or revoke anything.
    for (const _ of ['first', 'again']) {
      const { status } = await plane.send('restore-secret', { ...which, version: 'none' }, plane.token, 'one-restore');
      expect(status).toBeGreaterThanOrEqual(400);
    }
    await plane.invoke('keep-rotations', {});
    await expect(plane.invoke('revoke-secret', { secretId, token: 'none', since: 0 })).rejects.toThrow();
  });
}
