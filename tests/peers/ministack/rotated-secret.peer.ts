import { randomUUID } from 'node:crypto';
import { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DynamoStore } from '../../../adapters/aws/dynamo-store.ts';
import { systemClock } from '../../../adapters/embedded/system-clock.ts';
import { systemIds } from '../../../adapters/embedded/system-ids.ts';
import { DEFAULT_RULE } from '../../../shared/secrets/make-value.ts';
import { listSettings, putSettings } from '../../../shared/secrets/rotation/change-settings.ts';
import { STEPS } from '../../../shared/secrets/rotation/rotation-steps.ts';
import type { SecretFields } from '../../../shared/secrets/secret-document.ts';
import { withPeer } from '../../contracts/peer.ts';
import { refusals, unusedGrants } from '../../infra/iam/roles.ts';
import { missingMiniStack } from './ministack.ts';
import { physical, RotatedPlane, SECRETS, type SecretName, secretOf } from './rotated-plane.ts';
import { SERVERS } from './rotated-servers.ts';

/** The machine waits ten seconds before it asks for the first time, then for the overlap. */
const PATIENCE = 120_000;
const NAMES = Object.keys(SECRETS) as SecretName[];

withPeer('MiniStack', missingMiniStack(), () => {
  let plane: RotatedPlane;
  /** Values of secrets that no log may hold. */
  const planted = new Set<string>();

  beforeAll(async () => {
    plane = await RotatedPlane.deploy('3s');
  });

  afterAll(() => plane?.stop());

  const current = async (name: SecretName): Promise<SecretFields> => {
    const fields = await plane.valueOf(name);
    for (const field of ['password', 'key', 'privateKey']) if (field in fields) planted.add(lineOf(fields[field]));
    return fields;
  };

  const rotated = async (name: SecretName): Promise<string> => {
    const token = randomUUID();
    await plane.begin(name, token);
    for (const step of STEPS) expect(await plane.call(name, step, token)).toEqual({ outcome: 'done' });
    return token;
  };

  const revoked = async (token: string, count = 1): Promise<void> => {
    for (;;) {
      const found = await plane.revocations(token);
      expect(found.filter((status) => status !== 'RUNNING' && status !== 'SUCCEEDED')).toEqual([]);
      if (found.filter((status) => status === 'SUCCEEDED').length === count) return;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  };

  const peers = NAMES.map((name) => ({ name, system: SECRETS[name], missing: SERVERS[name].missing() }));
  for (const { system, missing } of peers) {
    if (missing && process.env['CI'] === 'true') throw new Error(`A server of ${system} is missing: ${missing}`);
    if (missing) console.log(`skipped: a RotatedSecret of ${system}: ${missing}`);
  }
  const there = peers.filter(({ missing }) => missing === undefined);

  describe.each(there)('a RotatedSecret of $system', ({ name }) => {
    let server: Awaited<ReturnType<(typeof SERVERS)[SecretName]['start']>>;

    beforeAll(async () => {
      server = await SERVERS[name].start();
      if (server.master) await plane.put(`${name}-master`, server.master);
      await plane.put(secretOf(name), {
        ...server.first,
        ...(server.master ? { masterarn: plane.arnOf(`${name}-master`) } : {}),
      });
    });

    afterAll(() => server?.close());

    let version = '';
    const admitted = (...credentials: readonly SecretFields[]) =>
      Promise.all(credentials.map((fields) => server.system.admits(fields)));

    it(
      'is rotated on its server by the deployed bundle, and the machine takes the old credential away after the overlap',
      async () => {
        const old = await current(name);
        version = await rotated(name);
        const next = await current(name);
        expect(await admitted(old, next)).toEqual([true, true]);
        await revoked(version);
        expect(await admitted(old, next)).toEqual([false, true]);
      },
      PATIENCE,
    );

    it(
      'is taken back: the old credential is the current one again, and the new one is taken away',
      async () => {
        const old = await current(name);
        const token = await rotated(name);
        const next = await current(name);
        expect(await plane.call(name, 'restoreSecret', token)).toEqual({ outcome: 'done' });
        expect(await current(name)).toEqual(old);
        await revoked(token);
        // It has a window of its own, the second that ends with this version.
        await revoked(version, 2);
        expect(await admitted(old, next)).toEqual([true, false]);
      },
      PATIENCE,
    );

    it('is in time', async () => {
      expect(await plane.call(name, 'checkSecret', randomUUID())).toEqual({ outcome: 'in-time' });
    });

    it('refuses a step that comes before its turn, one of an unknown version, and one that there is not', async () => {
      const token = randomUUID();
      await expect(plane.call(name, 'createSecret', token)).rejects.toThrow(/has no version/);
      await plane.begin(name, token);
      await expect(plane.call(name, 'finishSecret', token)).rejects.toThrow(/no value yet/);
      await expect(plane.call(name, 'sellSecret', token)).rejects.toThrow(/no step/);
    });
  });

  it('is known to the API as its program has declared it', async () => {
    const store = new DynamoStore({ client: plane.clients.dynamo, table: 'slipway-test', clock: systemClock });
    const known = await listSettings(store, 'test');
    const declared = there.map(({ name, system }) => ({
      secretId: secretOf(name),
      system,
      overlap: 3000,
      actor: 'slipway',
      rev: 1,
    }));
    expect(known).toHaveLength(declared.length);
    expect(known).toEqual(expect.arrayContaining(declared.map((one) => expect.objectContaining(one))));
  });

  it.runIf(there.some(({ name }) => name === 'cache'))('makes values as a person says', async () => {
    const store = new DynamoStore({ client: plane.clients.dynamo, table: 'slipway-test', clock: systemClock });
    const deps = { store, clock: systemClock, ids: systemIds(), events: { publish: async () => {} } };
    const rule = { ...DEFAULT_RULE, classes: [...DEFAULT_RULE.classes], length: 48, prefix: 'made-' };
    const said = { secretId: secretOf('cache'), environment: 'test', actor: 'somebody', reason: 'longer' };
    await putSettings(deps, said, () => ({ system: 'redis', overlap: 1000, rule, enabled: true }));
    const token = randomUUID();
    await plane.begin('cache', token);
    await plane.call('cache', 'createSecret', token);
    const { password } = await plane.valueOf('cache', token);
    expect(password).toMatch(/^made-[A-Za-z0-9]{48}$/);
    planted.add(String(password));
  });

  it('asks what its roles allow, and they allow nothing besides', async () => {
    const played = [...there.map(({ name }) => physical(name)), 'slipway-test-revoke-secret'];
    const roles = plane.roles.filter(({ name }) => played.includes(name));
    expect(roles).toHaveLength(played.length);
    // By its name it is asked for, and how its ARN ends only the peer knows.
    const ofPeer = (resource: string) => {
      const [, secret] = /:secret:(.+)-000000$/.exec(resource) ?? [];
      return secret === undefined ? resource : plane.arnOf(secret);
    };
    const asked = plane.recorder.requests.map((one) => ({ ...one, resource: ofPeer(one.resource) }));
    expect(await refusals(roles, asked)).toEqual([]);
    const ofLambda = ['Logs', 'Trace', 'DeadLetter'];
    expect(unusedGrants(roles, asked).filter(({ statement }) => !ofLambda.includes(statement))).toEqual([]);
  });

  it('leaves no value in a log', async () => {
    expect(planted.size).toBeGreaterThan(2 * there.length);
    let lines = '';
    for (const name of [...NAMES.map(physical), 'slipway-test-revoke-secret', 'slipway-test-task-api-key']) {
      const { events = [] } = await plane.clients.logs.send(new FilterLogEventsCommand({ logGroupName: `/aws/lambda/${name}` }));
      lines += events.map(({ message }) => message).join('\n');
    }
    expect(lines).toContain('The call ended.');
    for (const value of planted) expect(lines).not.toContain(value);
  });
});

/** Of a key in several lines one that is its alone. */
const lineOf = (value: unknown): string => String(value).split('\n').at(3) ?? String(value);
