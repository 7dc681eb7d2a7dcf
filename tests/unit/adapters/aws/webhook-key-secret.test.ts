import { describe, expect, it } from 'vitest';
import { webhookKeySecret } from '../../../../adapters/aws/webhook-key-secret.ts';
import { SecretsUnavailableError, SecretVersionTakenError } from '../../../../shared/errors/secret-errors.ts';
import type { Secrets } from '../../../../shared/ports/secrets.ts';

/** A secret whose versions are written once, as Secrets Manager has them. */
function secretsManager() {
  const versions = new Map<string, string>();
  const calls: string[] = [];
  const secrets: Pick<Secrets, 'read' | 'put'> = {
    read: async () => {
      calls.push('read');
      const [found] = versions;
      return found && { version: found[0], text: found[1] };
    },
    put: async (id, version, text) => {
      calls.push('put');
      if (versions.has(version)) throw new SecretVersionTakenError(`Version ${version} of ${id} has another value already.`);
      versions.set(version, text);
    },
  };
  return { secrets, calls, versions };
}

describe('webhookKeySecret', () => {
  it('makes one key, however many make it at the same time', async () => {
    const { secrets, versions } = secretsManager();
    const keys = await Promise.all([1, 2, 3].map(() => webhookKeySecret({ secrets, secret: 'key' }).make()));
    expect(versions.size).toBe(1);
    expect(new Set(keys.map((key) => Buffer.from(key).toString('hex'))).size).toBe(1);
    expect(keys[0]?.length).toBe(32);
    for (const version of versions.keys()) expect(version).toMatch(/^[\w-]{32,64}$/);
  });

  it('is read once by a sandbox', async () => {
    const { secrets, calls } = secretsManager();
    await webhookKeySecret({ secrets, secret: 'key' }).make();
    calls.length = 0;
    const again = webhookKeySecret({ secrets, secret: 'key' });
    expect(await again.read()).toEqual(await again.make());
    expect(calls).toEqual(['read']);
  });

  it('says that there is none yet, and that the service did not answer', async () => {
    const { secrets } = secretsManager();
    await expect(webhookKeySecret({ secrets, secret: 'key' }).read()).rejects.toMatchObject({
      code: 'WEBHOOK_KEY',
      retryable: true,
    });
    const read = () => Promise.reject(new SecretsUnavailableError('Busy.'));
    await expect(webhookKeySecret({ secrets: { ...secrets, read }, secret: 'key' }).make()).rejects.toMatchObject({
      code: 'WEBHOOK_KEY',
      cause: { code: 'SECRETS_UNAVAILABLE' },
    });
  });
});
