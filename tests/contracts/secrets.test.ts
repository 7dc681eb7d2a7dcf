import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { AgentSecrets } from '../../adapters/embedded/vault/agent-secrets.ts';
import { askVault } from '../../adapters/embedded/vault/ask-vault.ts';
import { OpenVault } from '../../adapters/embedded/vault/open-vault.ts';
import { VaultAgent } from '../../adapters/embedded/vault/vault-agent.ts';
import { VaultAudit } from '../../adapters/embedded/vault/vault-audit.ts';
import { vaultPaths } from '../../adapters/embedded/vault/vault-paths.ts';
import { VaultSecrets } from '../../adapters/embedded/vault/vault-secrets.ts';
import { MemorySecrets } from '../../adapters/memory/secrets.ts';
import { PENDING } from '../../shared/ports/secrets.ts';
import { secretsContract } from './secrets-contract.ts';

secretsContract('memory', async () => {
  const secrets = new MemorySecrets();
  return {
    secrets,
    create: async (id, text) => {
      secrets.create(id, 'v0', text);
      return 'v0';
    },
    begin: async (id, token) => secrets.begin(id, token, PENDING),
  };
});

const folders: string[] = [];
const agents: VaultAgent[] = [];
afterAll(async () => {
  await Promise.all(agents.map((agent) => agent.lock('the test is over')));
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true })));
});

secretsContract('vault', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-vault-'));
  folders.push(folder);
  const secrets = new VaultSecrets(await OpenVault.create(join(folder, 'vault.json'), Buffer.from('a passphrase')), () => 1000);
  return {
    secrets,
    create: (id, text) => secrets.set(id, text),
    begin: (id, token) => secrets.begin(id, token, PENDING),
  };
});

secretsContract('agent of a vault', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-vault-'));
  folders.push(folder);
  const paths = vaultPaths(folder);
  const agent = await VaultAgent.listen({
    vault: await OpenVault.create(paths.vault, Buffer.from('a passphrase')),
    ...{ audit: new VaultAudit(paths.audit), socket: paths.socket, actor: 'ada', idle: 60_000 },
    ...{ now: Date.now, onLocked: () => {} },
  });
  agents.push(agent);
  const secrets = new AgentSecrets(paths);
  return {
    secrets,
    create: async (id, text) => (await askVault(paths.socket, { call: 'put', name: id, text })).version,
    begin: (id, token) => secrets.begin(id, token, PENDING),
  };
});
