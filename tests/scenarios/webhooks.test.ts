import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { expect, it, onTestFinished } from 'vitest';
import { FAILING } from '../infra/iam/told-scenarios.ts';
import { Plane } from './plane.ts';
import { PlaneProcess } from './plane-process.ts';
import { TASKS } from './user-tasks.ts';
import { WebhookReceiver } from './webhook-receiver.ts';

const until = async <T>(look: () => Promise<T | undefined> | T | undefined): Promise<T> => {
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
};
const of = { subscriber: 'tests', environment: 'test' };

it('tells of a run, signed as Standard Webhooks wants it, to whoever subscribed to it', { timeout: 60_000 }, async () => {
  const receiver = await WebhookReceiver.start();
  const plane = await Plane.start({ webhooksToLocalhost: true });
  const added = await plane.call('add-webhook', { ...of, url: receiver.url('/all') });
  await plane.call('add-webhook', { ...of, url: receiver.url('/acme'), customer: 'acme' });
  await plane.call('add-webhook', { ...of, environment: 'staging', url: receiver.url('/staging') });
  await plane.call('add-webhook', { ...of, url: receiver.url('/slack'), events: ['run.failed'], format: 'slack' });
  await plane.put('broken');
  const runId = await plane.startRun(FAILING);
  await plane.ended(runId);
  await until(() => receiver.told('/all').find(({ type }) => type === 'alert.raised'));
  await until(() => receiver.told('/slack')[0]);
  const told = receiver.told('/all');
  expect(told.find(({ type }) => type === 'run.started')?.data).toMatchObject({ runId, status: 'queued', progress: 0 });
  expect(told.find(({ type }) => type === 'run.progress')?.data).toMatchObject({
    runId,
    component: 'one',
    target: 'test/failing',
  });
  expect(told.find(({ type }) => type === 'run.failed')?.data).toMatchObject({ runId, status: 'failed' });
  expect(told.find(({ type }) => type === 'alert.raised')?.data).toMatchObject({ code: 'MIGRATION_FAILED' });
  expect(receiver.told('/acme')).toEqual([]);
  expect(receiver.told('/staging')).toEqual([]);
  expect(receiver.told('/slack')).toEqual([{ text: expect.stringContaining('run.failed: failing on test/failing is failed') }]);
  const verifier = new Webhook(added.secret);
  for (const { headers, body } of receiver.received.filter(({ path }) => path === '/all')) verifier.verify(body, headers);
  expect((await stat(join(plane.dataDir, 'webhook-key'))).mode & 0o777).toBe(0o600);
});

it('holds on to what a receiver refuses, redirects or leaves hanging, and stops at 410', { timeout: 60_000 }, async () => {
  const receiver = await WebhookReceiver.start();
  const plane = await Plane.start({ webhooksToLocalhost: true });
  const { id: webhookId, secret } = await plane.call('add-webhook', { ...of, url: receiver.url() });
  const which = { webhookId, environment: 'test' };
  const test = () => plane.call('test-webhook', which);

  receiver.answers = (_, response) => response.writeHead(302, { location: receiver.url('/elsewhere') }).end();
  expect(await test()).toMatchObject({ status: 'dead', attempts: 1, lastAttempt: { status: 302 } });
  expect(receiver.received.map(({ path }) => path)).toEqual(['/']);
  receiver.answers = (_, response) => response.destroy();
  expect(await test()).toMatchObject({ status: 'dead', lastAttempt: { failed: 'no connection (ECONNRESET)' } });

  receiver.answers = (_, response) => response.writeHead(500).end('x'.repeat(1_000_000));
  await plane.ended(await plane.startRun(FAILING));
  const list = async () => (await plane.call('list-deliveries', which)).deliveries;
  const waiting = await until(async () => (await list()).find(({ status, lastAttempt }) => status === 'pending' && lastAttempt));
  expect(waiting).toMatchObject({ lastAttempt: { status: 500 }, type: expect.stringMatching(/^run\./) });
  expect(Number(waiting.dueAt) - Number(waiting.lastAttempt?.at)).toBeGreaterThanOrEqual(60_000);

  receiver.answers = (_, response) => response.writeHead(200).end();
  const rotated = await plane.call('rotate-webhook', which);
  expect(await plane.call('replay-delivery', { ...which, messageId: waiting.id })).toMatchObject({ status: 'delivered' });
  const last = receiver.received.at(-1);
  expect(last?.headers['webhook-id']).toBe(waiting.id);
  for (const one of [secret, rotated.secret]) new Webhook(one).verify(String(last?.body), last?.headers ?? {});
  expect(rotated.secret).not.toBe(secret);

  receiver.answers = (_, response) => response.writeHead(410).end();
  await plane.ended(await plane.startRun(FAILING));
  await until(async () => (await plane.call('get-webhook', which)).status === 'disabled' || undefined);
  const alerts = await until(async () => {
    const { alerts } = await plane.call('list-alerts', { environment: 'test' });
    return alerts.find(({ code }) => code === 'WEBHOOK_DISABLED');
  });
  expect(alerts).toMatchObject({ subject: `webhook/${webhookId}`, severity: 'warning' });
  receiver.answers = (_, response) => response.writeHead(200).end();
  const before = receiver.received.length;
  await plane.ended(await plane.startRun(FAILING));
  expect(receiver.received.length).toBe(before);
  expect(await test()).toMatchObject({ status: 'delivered' });
  expect(await plane.call('get-webhook', which)).toMatchObject({ status: 'enabled' });
  await plane.call('remove-webhook', which);
  expect(await plane.refused('get-webhook', which)).toMatchObject({ status: 404, code: 'WEBHOOK_NOT_FOUND' });
});

it('tells a secret once, also where the call is sent again, and only whom it may', { timeout: 60_000 }, async () => {
  const plane = await Plane.start();
  const url = 'https://hooks.example.com/in?key=abc';
  const first = await plane.send('add-webhook', { ...of, url }, plane.token, 'one');
  const again = await plane.send('add-webhook', { ...of, url }, plane.token, 'one');
  expect(first.body).toMatchObject({ url: 'https://hooks.example.com/in', secret: expect.stringMatching(/^whsec_.{44}$/) });
  expect(again.body).toEqual({ ...(first.body as object), secret: '[redacted]' });
  const { id: webhookId } = first.body as { id: string };
  expect((await plane.call('list-webhooks', { environment: 'test' })).webhooks.length).toBe(1);
  const elsewhere = await plane.tokenOf('staging:admin');
  expect((await plane.send('get-webhook', { webhookId, environment: 'test' }, elsewhere)).status).toBe(404);
  expect((await plane.send('get-webhook', { webhookId, environment: 'staging' }, elsewhere)).status).toBe(404);
  const operator = await plane.tokenOf('test:operator');
  expect((await plane.send('rotate-webhook', { webhookId, environment: 'test' }, operator)).status).toBe(403);
  for (const inside of [
    'http://hooks.example.com',
    'https://127.0.0.1',
    'https://[::ffff:169.254.169.254]/',
    'https://u:p@x.com',
  ]) {
    expect(await plane.refused('add-webhook', { ...of, url: inside })).toMatchObject({ status: 422, code: 'WEBHOOK_INVALID' });
  }
});

it('loses no message though the process is killed between the event and its delivery', { timeout: 240_000 }, async () => {
  const receiver = await WebhookReceiver.start();
  const folder = await mkdtemp(join(tmpdir(), 'slipway-webhooks-'));
  const plane = new PlaneProcess(folder, ['--webhooks-to-localhost']);
  onTestFinished(async () => {
    await plane.kill();
    await rm(folder, { recursive: true, force: true });
  });
  await writeFile(join(folder, 'tasks.ts'), TASKS);
  await writeFile(join(folder, 'broken'), '');
  await plane.boot();
  // It takes what comes, and answers nothing before the process is dead.
  const killed = Promise.withResolvers<void>();
  receiver.answers = (_, response) => void killed.promise.then(() => response.destroy());
  await plane.call('add-webhook', { ...of, url: receiver.url() });
  const source = { plan: { text: JSON.stringify(FAILING), file: 'plan.json' }, baseDir: folder };
  const started = await plane.call('start-run', source);
  const runId = 'run' in started ? started.run.id : '';
  for (let status = ''; status !== 'failed'; ) ({ status } = await plane.call('get-run', { runId }));
  await until(() => receiver.received[0]);
  await plane.kill();
  killed.resolve();
  const before = receiver.received.length;
  receiver.answers = (_, response) => response.writeHead(200).end();
  await plane.boot();
  const types = ['run.started', 'run.progress', 'run.failed'];
  const after = () => receiver.received.slice(before).map(({ body }) => (JSON.parse(body) as { type: string }).type);
  await until(() => types.every((type) => after().includes(type)) || undefined);
  // What comes again has the id, and says what it did before.
  const bodies = Map.groupBy(receiver.received, ({ headers }) => headers['webhook-id']);
  expect([...bodies.values()].every((same) => new Set(same.map(({ body }) => body)).size === 1)).toBe(true);
  expect(receiver.received.length).toBeGreaterThan(bodies.size);
});
