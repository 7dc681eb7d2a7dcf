import { randomUUID } from 'node:crypto';
import { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { redis } from '../../../adapters/systems/redis.ts';
import { STEPS } from '../../../shared/secrets/rotation/rotation-steps.ts';
import type { SecretFields } from '../../../shared/secrets/secret-document.ts';
import { withPeer } from '../../contracts/peer.ts';
import { refusals, unusedGrants } from '../../infra/iam/roles.ts';
import { missingRedis, RedisServer } from '../servers/redis-server.ts';
import { missingMiniStack } from './ministack.ts';
import { RotatedPlane, SECRET } from './rotated-plane.ts';

/** The machine waits ten seconds before it asks for the first time, then for the overlap. */
const PATIENCE = 120_000;

withPeer('MiniStack or Redis', missingMiniStack() ?? missingRedis(), () => {
  let plane: RotatedPlane;
  let server: RedisServer;
  const seen = new Set<string>();

  beforeAll(async () => {
    server = await RedisServer.start();
    await server.call('ACL', 'SETUSER', 'app', 'on', '>first-password', '+@all', '~*');
    plane = await RotatedPlane.deploy('3s');
    await plane.put({ ...server.address, username: 'app', password: 'first-password' });
  });

  afterAll(async () => {
    await plane?.stop();
    await server?.close();
  });

  const current = async (): Promise<SecretFields> => {
    const { SecretString = '{}' } = await plane.clients.secrets.send(new GetSecretValueCommand({ SecretId: SECRET }));
    const fields = JSON.parse(SecretString) as SecretFields;
    seen.add(String(fields['password']));
    return fields;
  };

  const rotated = async (): Promise<string> => {
    const token = randomUUID();
    await plane.begin(token);
    for (const step of STEPS) expect(await plane.call(step, token)).toEqual({ outcome: 'done' });
    return token;
  };

  const revoked = async (count: number): Promise<void> => {
    for (;;) {
      const found = await plane.revocations();
      expect(found.filter((status) => status !== 'RUNNING' && status !== 'SUCCEEDED')).toEqual([]);
      if (found.filter((status) => status === 'SUCCEEDED').length === count) return;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  };

  it(
    'rotates a real Redis by the deployed function, and its machine takes the old credential away after the overlap',
    async () => {
      const old = await current();
      await rotated();
      const next = await current();
      expect(next['password']).not.toBe(old['password']);
      expect([await redis.admits(old), await redis.admits(next)]).toEqual([true, true]);
      await revoked(1);
      expect([await redis.admits(old), await redis.admits(next)]).toEqual([false, true]);
    },
    PATIENCE,
  );

  it(
    'takes a rotation back: the old credential is the current one again, and the new one is taken away',
    async () => {
      const old = await current();
      const token = await rotated();
      const next = await current();
      expect(await plane.call('restoreSecret', token)).toEqual({ outcome: 'done' });
      expect(await current()).toEqual(old);
      await revoked(3);
      expect([await redis.admits(old), await redis.admits(next)]).toEqual([true, false]);
    },
    PATIENCE,
  );

  it('refuses a step that comes before its turn, one of an unknown version, and one that there is not', async () => {
    const token = randomUUID();
    await expect(plane.call('createSecret', token)).rejects.toThrow(/has no version/);
    await plane.begin(token);
    await expect(plane.call('finishSecret', token)).rejects.toThrow(/no value yet/);
    await expect(plane.call('sellSecret', token)).rejects.toThrow(/no step/);
  });

  it('is in time', async () => {
    expect(await plane.call('checkSecret', randomUUID())).toEqual({ outcome: 'in-time' });
  });

  it('asks what its roles allow, and they allow nothing besides', async () => {
    const roles = ['cache', 'slipway-fn-revoke-secret'].map((name) => {
      const role = plane.roleOf(name);
      return { ...role, arn: `arn:aws:lambda:us-east-1:000000000000:function:${role.name}` };
    });
    expect(roles.map(({ name }) => name)).toEqual([SECRET, 'slipway-test-revoke-secret']);
    const { requests } = plane.recorder;
    // By its name it is asked for, and what ends its ARN only the peer knows.
    const asked = requests.map((one) => ({
      ...one,
      resource: one.resource.replace(/:secret:.*-000000$/, () => plane.secretArn.slice(plane.secretArn.indexOf(':secret:'))),
    }));
    expect(await refusals(roles, asked)).toEqual([]);
    const ofLambda = ['Logs', 'Trace', 'DeadLetter'];
    expect(unusedGrants(roles, asked).filter(({ statement }) => !ofLambda.includes(statement))).toEqual([]);
  });

  it('leaves no password in a log', async () => {
    expect(seen.size).toBeGreaterThan(2);
    let lines = '';
    for (const name of [SECRET, 'slipway-test-revoke-secret']) {
      const { events = [] } = await plane.clients.logs.send(new FilterLogEventsCommand({ logGroupName: `/aws/lambda/${name}` }));
      lines += events.map(({ message }) => message).join('\n');
    }
    expect(lines).toContain('The call ended.');
    for (const value of seen) expect(lines).not.toContain(value);
    for (const value of seen) expect(await server.log()).not.toContain(value);
  });
});
