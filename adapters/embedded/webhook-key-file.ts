import { randomBytes, randomUUID } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
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
      const unfinished = `${path}.${randomUUID()}`;
      try {
        await writeFile(unfinished, `${randomBytes(BYTES).toString('base64')}\n`, { mode: 0o600, flag: 'wx' });
        // Whole for whoever makes one at the same time, and never in the place of another's.
        await link(unfinished, path);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') fault(error);
      } finally {
        await rm(unfinished, { force: true });
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
