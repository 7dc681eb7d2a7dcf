import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { AgentSecrets } from '../../../../../adapters/embedded/vault/agent-secrets.ts';
import { askVault } from '../../../../../adapters/embedded/vault/ask-vault.ts';
import { OpenVault } from '../../../../../adapters/embedded/vault/open-vault.ts';
import { VaultAgent } from '../../../../../adapters/embedded/vault/vault-agent.ts';
import { VaultAudit } from '../../../../../adapters/embedded/vault/vault-audit.ts';
import { vaultPaths } from '../../../../../adapters/embedded/vault/vault-paths.ts';
import { CURRENT } from '../../../../../shared/ports/secrets.ts';
import { redactText } from '../../../../../shared/redaction/redact-text.ts';

async function bed() {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-vault-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const paths = vaultPaths(folder);
  const secrets = new AgentSecrets(paths);
  const audit = new VaultAudit(paths.audit);
  const unlock = async () => {
    const agent = await VaultAgent.listen({
      vault: await OpenVault.create(paths.vault, Buffer.from('a passphrase')),
      ...{ audit, socket: paths.socket, actor: 'ada', idle: 60_000, now: () => 1000, onLocked: () => {} },
    });
    onTestFinished(() => agent.lock('the test is over'));
    return agent;
  };
  return { paths, secrets, audit, unlock };
}

it('says what to do where there is no vault, and where it is locked: both pass', async () => {
  const { secrets, unlock } = await bed();
  const read = () => secrets.read('db', { stage: CURRENT });
  await expect(read()).rejects.toMatchObject({
    code: 'SECRETS_UNAVAILABLE',
    retryable: true,
    message: 'This control plane has no vault.',
    next: 'slipway vault init, then slipway vault unlock',
  });
  const agent = await unlock();
  expect(await read()).toBeUndefined();
  await agent.lock('asked to');
  await expect(read()).rejects.toMatchObject({ message: 'The vault is locked.', next: 'slipway vault unlock', retryable: true });
});

it('is done with everything when it tells that it is locked: another agent may take its place at once', async () => {
  const { paths, secrets, audit, unlock } = await bed();
  const agent = await unlock();
  await askVault(paths.socket, { call: 'put', name: 'db', text: 'hunter2' });
  const vault = () => OpenVault.unlock(paths.vault, Buffer.from('a passphrase'));
  expect(await askVault(paths.socket, { call: 'lock' })).toEqual({ locked: true });
  expect((await audit.read()).accesses.at(-1)).toMatchObject({ action: 'lock' });
  const next = await VaultAgent.listen({
    ...{ vault: await vault(), audit, socket: paths.socket, actor: 'ada', idle: 60_000, now: () => 1000, onLocked: () => {} },
  });
  onTestFinished(() => next.lock('the test is over'));
  await agent.lock('again');
  expect(await secrets.read('db', { stage: CURRENT })).toMatchObject({ text: 'hunter2' });
});

it('has every access in the audit, but who only looks', async () => {
  const { paths, secrets, audit, unlock } = await bed();
  await unlock();
  await askVault(paths.socket, { call: 'put', name: 'db', text: 'hunter2' });
  await secrets.describe('db');
  await secrets.read('db', { stage: CURRENT });
  await secrets.enable('db', true);
  expect(await secrets.unlockedUntil()).toBe(61_000);
  const { accesses } = await audit.read();
  expect(accesses.map(({ action, secret, actor }) => [action, secret, actor])).toEqual([
    ['put', 'db', 'ada'],
    ['read', 'db', 'ada'],
    ['enable', 'db', 'ada'],
  ]);
});

it('lets nothing that it has read or written leave the process in a text', async () => {
  const { paths, secrets, unlock } = await bed();
  await unlock();
  await askVault(paths.socket, { call: 'put', name: 'db', text: '{"password":"the-password-that-was-read"}' });
  await secrets.read('db', { stage: CURRENT });
  await secrets.put('db', 'next', '{"password":"the-password-that-was-made"}', 'AWSPENDING');
  expect(redactText('the-password-that-was-read, the-password-that-was-made')).not.toMatch(/that-was/);
});
