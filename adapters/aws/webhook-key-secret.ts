import { randomBytes } from 'node:crypto';
import { SecretVersionTakenError } from '../../shared/errors/secret-errors.ts';
import { WebhookKeyError } from '../../shared/errors/told-errors.ts';
import { CURRENT, type Secrets } from '../../shared/ports/secrets.ts';
import type { WebhookKey } from '../../shared/ports/webhook-key.ts';
import { knownSecrets } from '../../shared/redaction/known-secrets.ts';

export interface WebhookKeySecretOptions {
  readonly secrets: Pick<Secrets, 'read' | 'put'>;
  /** Name of the secret, which the Pulumi program makes without a value. */
  readonly secret: string;
}

const BYTES = 32;
/** A version is written once: of all who make a key at the same time one does. */
const ONLY_VERSION = 'slipway-webhook-key-000000000001';

/** The key as one secret of Secrets Manager. Each sandbox reads it once. */
export function webhookKeySecret({ secrets, secret }: WebhookKeySecretOptions): WebhookKey {
  let known: Uint8Array | undefined;
  const find = async (): Promise<Uint8Array | undefined> => {
    if (known) return known;
    const found = await secrets.read(secret, { stage: CURRENT }).catch(fault);
    if (!found) return undefined;
    const key = Buffer.from(found.text, 'base64');
    if (key.length !== BYTES)
      throw new WebhookKeyError(`${secret} holds no key of webhooks.`, { next: 'Put back the version before.' });
    knownSecrets.add(key);
    known = key;
    return key;
  };
  const read = async (): Promise<Uint8Array> => {
    const key = await find();
    if (key) return key;
    throw new WebhookKeyError(`${secret} has no value yet.`, { next: 'Try again: it is made with the first webhook.' });
  };
  return {
    read,
    make: async () => {
      const key = await find();
      if (key) return key;
      try {
        await secrets.put(secret, ONLY_VERSION, randomBytes(BYTES).toString('base64'), CURRENT);
      } catch (error) {
        if (!(error instanceof SecretVersionTakenError)) fault(error);
      }
      return read();
    },
  };
}

function fault(cause: unknown): never {
  throw new WebhookKeyError('The key of webhooks cannot be read or written.', {
    next: 'Try again; see the log of the function.',
    cause,
  });
}
