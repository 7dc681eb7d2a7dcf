import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { webhookKeyFile } from '../../../../adapters/embedded/webhook-key-file.ts';

const opened = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-webhook-key-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return { folder, path: join(folder, 'webhook-key') };
};

it('makes one key, whole, however many make it at once', async () => {
  const { folder, path } = await opened();
  const made = await Promise.all(Array.from({ length: 20 }, () => webhookKeyFile(path).make()));
  expect(new Set(made.map((key) => Buffer.from(key).toString('hex'))).size).toBe(1);
  expect(await webhookKeyFile(path).read()).toEqual(made[0]);
  expect(await readdir(folder)).toEqual(['webhook-key']);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

it('says what to do where there is none, and makes none where it cannot', async () => {
  const { path } = await opened();
  const next = 'See to the file webhook-key of the data directory.';
  await expect(webhookKeyFile(path).read()).rejects.toMatchObject({ code: 'WEBHOOK_KEY', next });
  await expect(webhookKeyFile(join(path, 'nowhere')).make()).rejects.toMatchObject({ code: 'WEBHOOK_KEY', next });
});
