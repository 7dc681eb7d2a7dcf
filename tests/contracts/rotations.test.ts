import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CancelRotateSecretCommand,
  DescribeSecretCommand,
  RotateSecretCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll } from 'vitest';
import { SecretsManager } from '../../adapters/aws/secrets-manager.ts';
import { SecretsManagerRotations } from '../../adapters/aws/secrets-manager-rotations.ts';
import { EmbeddedRotations, type KeptSecrets } from '../../adapters/embedded/embedded-rotations.ts';
import { systemClock } from '../../adapters/embedded/system-clock.ts';
import { OpenVault } from '../../adapters/embedded/vault/open-vault.ts';
import { VaultSecrets } from '../../adapters/embedded/vault/vault-secrets.ts';
import { MemorySecrets } from '../../adapters/memory/secrets.ts';
import { CURRENT, PENDING } from '../../shared/ports/secrets.ts';
import { rotationsContract } from './rotations-contract.ts';

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

const embedded = (secrets: KeptSecrets) => {
  const called = new Set<string>();
  const step = (_step: string, { token }: { readonly token: string }) => {
    called.add(token);
    return new Promise<void>(() => {});
  };
  const onFault = (error: unknown) => {
    throw error;
  };
  const rotations = new EmbeddedRotations({ secrets, clock: systemClock, step, onFault });
  return { rotations, secrets, called: () => [...called] };
};

rotationsContract('embedded, in memory', async () => {
  const secrets = new MemorySecrets();
  secrets.create('db', 'v0', 'one');
  return { ...embedded(secrets), remove: async () => secrets.set('db', { deleted: true }) };
});

rotationsContract('embedded, with the vault', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-vault-'));
  folders.push(folder);
  const vault = await OpenVault.create(join(folder, 'vault.json'), Buffer.from('a passphrase'));
  const secrets = new VaultSecrets(vault, () => 1000);
  await vault.change(() => ({
    put: [
      { kind: 'secret', secret: 'db', rotationEnabled: true, labels: { [CURRENT]: 'v0' } },
      { kind: 'version', secret: 'db', version: 'v0', text: 'one', createdAt: 1 },
    ],
  }));
  return { ...embedded(secrets), remove: () => secrets.remove('db') };
});

const manager = mockClient(SecretsManagerClient);

/** Secrets Manager as its reference describes it: one secret, `db`. */
rotationsContract('Secrets Manager', async () => {
  const labels = new Map([[CURRENT, 'v0']]);
  const called: string[] = [];
  const secret = { enabled: true, deleted: false };
  const failed = (name: string) => Object.assign(new Error(name), { name });
  const known = ({ SecretId }: { SecretId?: string | undefined }) => {
    if (SecretId !== 'db') throw failed('ResourceNotFoundException');
    if (secret.deleted) throw failed('InvalidRequestException');
  };
  manager.reset();
  manager.on(DescribeSecretCommand).callsFake(({ SecretId }) => {
    if (SecretId !== 'db') throw failed('ResourceNotFoundException');
    const versions = Map.groupBy(labels.keys(), (label) => labels.get(label) ?? '');
    return {
      RotationEnabled: secret.enabled,
      ...(secret.deleted ? { DeletedDate: new Date(0) } : {}),
      VersionIdsToStages: Object.fromEntries([...versions].map(([version, stages]) => [version, [...stages]])),
    };
  });
  manager.on(RotateSecretCommand).callsFake((input) => {
    known(input);
    secret.enabled = true;
    if (!input.RotateImmediately) return {};
    if (labels.has(PENDING)) throw failed('InvalidRequestException');
    labels.set(PENDING, input.ClientRequestToken);
    called.push(input.ClientRequestToken);
    return { VersionId: input.ClientRequestToken };
  });
  manager.on(CancelRotateSecretCommand).callsFake((input) => {
    known(input);
    secret.enabled = false;
    return {};
  });
  const client = new SecretsManagerClient({ region: 'eu-west-1' });
  const secrets = new SecretsManager({ client });
  const remove = async () => {
    secret.deleted = true;
  };
  return { rotations: new SecretsManagerRotations({ client, secrets }), secrets, called: () => called, remove };
});
