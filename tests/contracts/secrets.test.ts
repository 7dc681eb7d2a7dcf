import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { OpenVault } from '../../adapters/embedded/vault/open-vault.ts';
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
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

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
