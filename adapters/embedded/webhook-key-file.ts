import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { WebhookKeyError } from '../../shared/errors/told-errors.ts';
import type { WebhookKey } from '../../shared/ports/webhook-key.ts';
import { knownSecrets } from '../../shared/redaction/known-secrets.ts';

const BYTES = 32;

/** The key in a file that its owner alone may read. */
export function webhookKeyFile(path: string): WebhookKey {
  const read = async (): Promise<Uint8Array> => {
    const key = Buffer.from(await readFile(path, 'utf8').catch(fault), 'base64');
    if (key.length !== BYTES) throw new WebhookKeyError(`${path} holds no key of webhooks.`, { next: 'Take it from a backup.' });
    knownSecrets.add(key);
    return key;
  };
  return {
    read,
    make: async () => {
      try {
        await writeFile(path, `${randomBytes(BYTES).toString('base64')}\n`, { mode: 0o600, flag: 'wx' });
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') fault(error);
      }
      return read();
    },
  };
}

function fault(cause: unknown): never {
  throw new WebhookKeyError('The key of webhooks cannot be read.', {
    next: 'See to the file webhook-key of the data directory.',
    cause,
  });
}
