import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { RotationView } from '../../../shared/api/secrets.ts';
import { HeardPlane, leaksOf } from '../../scenarios/heard-plane.ts';
import { UnlockedVault } from '../../scenarios/unlocked-vault.ts';
import { SECRETS, type SecretName } from '../ministack/rotated-plane.ts';
import { type RotatedServer, SERVERS } from '../ministack/rotated-servers.ts';

const baseDir = fileURLToPath(new URL('../../../examples/api-keys', import.meta.url));
const [secretId, environment] = ['orders/app', 'test'];
const which = { secretId, environment };

/** A credential in a form that nothing else has: of a key in several lines, one that is its alone. */
const clearOf = (fields: Record<string, unknown>): string[] =>
  ['password', 'key', 'privateKey'].flatMap((name) => {
    const value = fields[name];
    return typeof value === 'string' ? [value.split('\n').at(3) ?? value] : [];
  });

const peers = (Object.keys(SECRETS) as SecretName[]).map((name) => ({ name, system: SECRETS[name], ...SERVERS[name] }));

describe.each(peers)('a control plane that rotates a secret of $system', ({ system, missing, start }) => {
  const lacking = missing();
  if (lacking && process.env['CI'] === 'true') throw new Error(`A server of ${system} is missing: ${lacking}`);
  if (lacking) console.log(`skipped: planted secrets of ${system}: ${lacking}`);

  it.skipIf(lacking)(
    'lets no value out: by an answer, an event, the audit, a log, a webhook, a metric or a file',
    {
      timeout: 300_000,
    },
    async () => {
      const server = await start();
      onTestFinished(() => server.close());
      const plane = await HeardPlane.start();
      const vault = await UnlockedVault.open(plane.dataDir);
      onTestFinished(() => vault.lock());
      const rotated = new Rotated(plane, vault);
      await rotated.put(server);
      await plane.call('add-webhook', { url: plane.receiver.url(), subscriber: 'tests', environment });
      plane.toldOnce();
      const task = system === 'two-keys' ? { task: './rotate-key.ts#apiKey', baseDir } : {};
      await plane.call('put-secret', { ...which, system, overlap: 600_000, ...task });

      await byPlan(rotated);
      await onSuspicion(rotated);
      await withTheServerDown(rotated, server);
      await withAValueThatIsNone(rotated);
      await lookAtAll(rotated);

      const told = await plane.everything((name) => name !== 'vault.json');
      expect(rotated.made.size).toBeGreaterThan(2);
      expect(leaksOf(told, [...rotated.made, ...rotated.given])).toEqual([]);
      expect(leaksOf(await server.log(), rotated.made)).toEqual([]);
      // What was looked through is there: otherwise nothing would be proven.
      for (const part of ['event: ', 'webhook: ', 'stream: ', '"DEBUG"', '"log":"audit"', 'slipway_', 'SERVER_UNAVAILABLE'])
        expect(told).toContain(part);
      for (const part of [
        'rotationFinished',
        'credentialRevoked',
        'SECRET_SHAPE',
        'ROTATION_BUSY',
        'what is restored: [redacted]',
      ])
        expect(told).toContain(part);
    },
  );
});

/** The secret, and every value that it was given or that was made for it. */
class Rotated {
  readonly plane: HeardPlane;
  readonly vault: UnlockedVault;
  readonly given = new Set<string>();
  readonly made = new Set<string>();

  constructor(plane: HeardPlane, vault: UnlockedVault) {
    this.plane = plane;
    this.vault = vault;
  }

  async put({ first, master }: RotatedServer): Promise<void> {
    if (master) await this.vault.put('orders/master', master);
    await this.vault.put(secretId, { ...first, ...(master ? { masterarn: 'orders/master' } : {}) });
    for (const value of [...clearOf(first), ...clearOf(master ?? {})]) this.given.add(value);
  }

  /** The whole value in use, which is known from now on. */
  async plant(): Promise<string> {
    const fields = await this.vault.get(secretId);
    for (const value of clearOf(fields)) if (!this.given.has(value)) this.made.add(value);
    return String(fields['password'] ?? fields['key'] ?? fields['privateKey']);
  }

  async until(wanted: (rotation: RotationView) => boolean): Promise<void> {
    for (;;) {
      const { rotation } = await this.plane.call('get-secret', which);
      if (rotation && wanted(rotation)) return;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  async ended(runId: string): Promise<string> {
    for (;;) {
      const run = await this.plane.call('get-run', { runId });
      if (run.resting) return run.status;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  async done(asked: RotationView): Promise<string> {
    await this.until(({ version, status }) => version === asked.version && status === 'done');
    return this.plant();
  }
}

/** Its consumers are well; somebody takes it back, and gives the value as the reason. */
async function byPlan(rotated: Rotated): Promise<void> {
  const { plane } = rotated;
  const consumer = createServer((_request, response) => response.end());
  await once(consumer.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void consumer.close());
  const url = `http://127.0.0.1:${(consumer.address() as AddressInfo).port}/`;
  const component = { name: 'key', kind: 'rotate', secretId, checks: [{ type: 'health', name: 'consumer', url }] };
  const phases = [{ name: 'only', components: [component] }];
  const text = JSON.stringify({ slipway: 1, name: 'rotation', target: 'test/rotation', phases });
  const started = await plane.call('start-run', { plan: { text, file: 'plan.json' } });
  const runId = started.dryRun ? '' : started.run.id;
  expect(await rotated.ended(runId)).toBe('succeeded');
  await plane.call('rollback-run', { runId, reason: `what is restored: ${await rotated.plant()}` });
  expect(await rotated.ended(runId)).toBe('rolled-back');
  await plane.call('get-timeline', { runId });
}

async function onSuspicion(rotated: Rotated): Promise<void> {
  const reason = `it was in a log: ${await rotated.plant()}`;
  await rotated.done(await rotated.plane.call('ask-rotation', { ...which, revokeOld: true, reason }));
}

/** It waits for its server, is refused while the old credential is valid, and is restored. */
async function withTheServerDown(rotated: Rotated, server: RotatedServer): Promise<void> {
  const { plane } = rotated;
  await server.down();
  const asked = await plane.call('ask-rotation', which);
  await rotated.until(({ failure }) => failure?.code === 'SERVER_UNAVAILABLE');
  await server.up();
  const reason = `too new: ${await rotated.done(asked)}`;
  expect((await plane.send('ask-rotation', which)).status).toBe(409);
  await plane.call('restore-secret', { ...which, version: asked.version, reason });
}

/** The parser's own message would hold the beginning of what it was given. */
async function withAValueThatIsNone(rotated: Rotated): Promise<void> {
  const { plane, vault, given } = rotated;
  const value = randomUUID();
  given.add(value);
  await vault.putText(secretId, `{"password":"${value}`);
  const asked = await plane.call('ask-rotation', { ...which, revokeOld: true });
  await rotated.until(({ version, status }) => version === asked.version && status === 'failed');
}

async function lookAtAll({ plane, vault }: Rotated): Promise<void> {
  await plane.call('list-secrets', { environment });
  await plane.call('get-secret-history', { ...which, limit: 1000 });
  await plane.call('list-audit', {});
  await plane.call('list-runs', {});
  await plane.ask('/metrics');
  await vault.lock();
  await plane.call('get-secret', which);
  expect((await plane.send('ask-rotation', which)).status).toBe(503);
  await plane.send('get-health', {});
}
