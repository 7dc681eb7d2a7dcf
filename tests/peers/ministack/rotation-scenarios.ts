import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { DescribeSecretCommand, GetSecretValueCommand, PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keyService } from '../../../examples/api-keys/service.ts';
import type { SecretDetail } from '../../../shared/api/secrets.ts';
import type { PlanInput } from '../../../shared/plan/plan.ts';
import { rotationKey } from '../../../shared/secrets/rotation/rotation-state.ts';
import type { PeerPlane } from './peer-plane.ts';

const environment = 'test';
const secretId = 'slipway-test-secret-key';
const which = { secretId, environment };
const FIRST = 'the-first-key-of-all';
const DAY_MS = 24 * 3_600_000;
/** The machine `revoke` waits ten seconds before it asks for the first time, then for the overlap. */
const PATIENCE = 150_000;

/** What a plan, people and the clock ask of a RotatedSecret, whose function Secrets Manager calls (rotation.py). */
export function rotationScenarios(deployed: () => PeerPlane): void {
  describe('a secret that is rotated', () => {
    const service = keyService(FIRST);
    /** The key that the consumer has read last; it is well as long as the service takes that. */
    let cached = FIRST;
    let url = '';
    let consumer = '';
    const consumers = createServer(async (_request, response) => {
      const { ok } = await fetch(`${url}/account`, { headers: { authorization: `Bearer ${cached}` } });
      response.writeHead(ok ? 200 : 503, { connection: 'close' }).end();
    });

    beforeAll(async () => {
      url = await listening(service.server);
      consumer = await listening(consumers);
      await put(value(FIRST));
    });
    afterAll(() => {
      for (const server of [service.server, consumers]) {
        server.closeAllConnections();
        server.close();
      }
    });

    const value = (key: string) => JSON.stringify({ service: url, id: 'first', key });
    const put = (SecretString: string) =>
      deployed().clients.secrets.send(new PutSecretValueCommand({ SecretId: secretId, SecretString }));
    const current = async (): Promise<string> => {
      const { SecretString = '' } = await deployed().clients.secrets.send(new GetSecretValueCommand({ SecretId: secretId }));
      return String(JSON.parse(SecretString).key);
    };
    const detail = () => deployed().call('get-secret', which);
    const until = async (wanted: (found: SecretDetail) => boolean): Promise<SecretDetail> => {
      for (;;) {
        const found = await detail();
        if (wanted(found)) return found;
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    };
    const failed = (version: string) => until(({ rotation }) => rotation?.version === version && rotation.status === 'failed');
    /** On suspicion, which ends the window of the rotation before. */
    const suspected = async () => {
      const { version } = await deployed().call('ask-rotation', { ...which, revokeOld: true });
      await until(({ window }) => window?.version === version && window.status === 'revoked');
    };
    const plan = (more: object = {}, url = consumer): PlanInput => ({
      ...{ slipway: 1, name: 'rotation', target: 'test/rotation' },
      phases: [
        {
          name: 'only',
          components: [{ name: 'key', kind: 'rotate', secretId, checks: [{ type: 'health', name: 'consumer', url }], ...more }],
        },
      ],
    });

    it('is known to the API from the first look of its function on, and is rotated or not, as people say', async () => {
      const plane = deployed();
      const { lambda, secrets } = plane.clients;
      const look = JSON.stringify({ Step: 'checkSecret', SecretId: secretId });
      await lambda.send(new InvokeCommand({ FunctionName: secretId, Payload: look }));
      expect((await plane.call('list-secrets', { environment })).rotated.map(({ id }) => id)).toEqual([secretId]);
      expect(await detail()).toMatchObject({ system: 'two-keys', overlap: 900_000, changed: { actor: 'slipway' } });
      const enabled = async () => (await secrets.send(new DescribeSecretCommand({ SecretId: secretId }))).RotationEnabled;
      const stopped = async () => {
        expect(await plane.refused('ask-rotation', which)).toMatchObject({ code: 'ROTATION_STEP' });
        return (await enabled()) === false;
      };
      await plane.call('put-secret', { ...which, enabled: false });
      expect(await stopped()).toBe(true);
      await plane.call('put-secret', { ...which, enabled: true, every: DAY_MS });
      expect(await enabled()).toBe(true);
      await plane.call('disable-secret', which);
      expect(await stopped()).toBe(true);
      await plane.call('enable-secret', which);
      expect(await enabled()).toBe(true);
    });

    it(
      'is rotated by a plan: its consumers are well, and the old credential is revoked after the overlap',
      async () => {
        const plane = deployed();
        expect(await plane.call('validate-plan', plane.source(plan()))).toMatchObject({ valid: true });
        const runId = await plane.startRun(plan({ overlap: '20s' }));
        const run = await plane.ended(runId);
        expect(run).toMatchObject({ status: 'succeeded', checks: [{ scope: 'key', name: 'consumer', outcome: 'pass' }] });
        const next = await current();
        expect(service.keys.map(({ key }) => key)).toEqual([FIRST, next]);
        expect(await detail()).toMatchObject({ rotation: { status: 'done' }, window: { status: 'open', overlap: 20_000 } });
        await until(({ window }) => window?.status === 'revoked');
        expect(service.keys.map(({ key }) => key)).toEqual([next]);
        expect((await fetch(consumer)).status).toBe(503);
        cached = next;
        expect((await fetch(consumer)).status).toBe(200);

        const told = JSON.stringify([
          run,
          await plane.call('get-timeline', { runId }),
          await plane.call('get-secret-history', which),
        ]);
        for (const key of [FIRST, next]) expect(told).not.toContain(key);
      },
      PATIENCE,
    );

    it(
      'is taken back as long as the old credential is valid: after the end of the run, and where its consumers are not well',
      async () => {
        const plane = deployed();
        const before = await current();
        const runId = await plane.startRun(plan());
        expect((await plane.ended(runId)).status).toBe('succeeded');
        await plane.call('rollback-run', { runId, reason: 'a consumer was forgotten' });
        expect((await plane.ended(runId)).status).toBe('rolled-back');
        expect(await current()).toBe(before);
        await suspected();
        cached = await current();
        const unwell = await plane.ended(await plane.startRun(plan({}, 'http://127.0.0.1:9/')));
        expect(unwell).toMatchObject({ status: 'rolled-back', reason: expect.stringContaining('consumer: fail') });
        expect(await current()).toBe(cached);
        await suspected();
        cached = await current();
        expect(service.keys.map(({ key }) => key)).toEqual([cached]);
      },
      PATIENCE,
    );

    it(
      'fails for good while its value is none, gives way to whoever asks next, and is rotated when a person has mended it',
      async () => {
        const plane = deployed();
        await put('{');
        for (const _ of ['first', 'again']) await failed((await plane.call('ask-rotation', which)).version);
        await rotatedLongAgo(plane);
        expect(await plane.invoke('keep-rotations', {})).toMatchObject({ asked: [secretId], failed: [] });
        await until(({ rotation }) => rotation?.status === 'failed');
        const stopped = { ...plan(), onFailure: 'stop' as const };
        const given = await plane.startRun(stopped);
        expect((await plane.ended(given)).components[0]?.failure?.message).toContain('failed at createSecret (SECRET_SHAPE)');
        await plane.call('rollback-run', { runId: given, reason: 'not today' });
        expect((await plane.ended(given)).status).toBe('rolled-back');
        const mended = await plane.startRun(stopped);
        expect((await plane.ended(mended)).status).toBe('failed');
        await put(JSON.stringify({ service: url, id: service.keys[0]?.id, key: cached }));
        await plane.call('retry-run', { runId: mended });
        expect((await plane.ended(mended)).status).toBe('succeeded');
        expect(service.keys.map(({ key }) => key)).toEqual([cached, await current()]);

        const { window } = await detail();
        const restore = () =>
          plane.send('restore-secret', { ...which, version: window?.version ?? '' }, plane.token, 'one-restore');
        // The second is answered as the first was.
        expect([(await restore()).status, (await restore()).status]).toEqual([200, 200]);
        expect(await current()).toBe(cached);
      },
      PATIENCE,
    );

    it(
      'has no way back once the old credential is revoked: the rollback fails, and the new one stays in use',
      async () => {
        const plane = deployed();
        await suspected();
        cached = await current();
        const runId = await plane.startRun(plan({ overlap: '1s' }));
        expect((await plane.ended(runId)).status).toBe('succeeded');
        await until(({ window }) => window?.status === 'revoked');
        const next = await current();
        await plane.call('rollback-run', { runId, reason: 'too late' });
        await plane.until(runId, ({ status }) => status === 'rollback-failed');
        expect([await current(), service.keys.map(({ key }) => key)]).toEqual([next, [next]]);
        // The peer does not tell the run by which error: the function has thrown it.
        const logGroupName = `/aws/lambda/${secretId}`;
        const { events = [] } = await plane.clients.logs.send(new FilterLogEventsCommand({ logGroupName }));
        expect(events.map(({ message }) => message).join('')).toContain('valid no more; the new one stays');
      },
      PATIENCE,
    );
  });
}

/** As if its last rotation had been so long ago that the next one is due. */
async function rotatedLongAgo({ clients, tables }: PeerPlane): Promise<void> {
  const { pk, sk } = rotationKey(secretId);
  await clients.dynamo.send(
    new UpdateItemCommand({
      ...{ TableName: tables[0] ?? '', Key: { pk: { S: pk }, sk: { S: sk } } },
      UpdateExpression: 'SET #window.since = #window.since - :days',
      ExpressionAttributeNames: { '#window': 'window' },
      ExpressionAttributeValues: { ':days': { N: String(2 * DAY_MS) } },
    }),
  );
}

async function listening(server: Server): Promise<string> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
