import { createHash, createHmac } from 'node:crypto';
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { SignatureV4 } from '@smithy/signature-v4';

type Data = string | ArrayBuffer | ArrayBufferView;

export interface SigningOptions {
  /** Where the API is, such as `eu-central-1`. */
  readonly region: string;
  /** Those of the process where absent: environment, profile, SSO, task, instance. */
  readonly credentials?: ReturnType<typeof defaultProvider>;
  /** What the signed request is sent with; the global one where absent. */
  readonly fetch?: typeof fetch;
}

/** There are no credentials to sign with; nothing was sent. */
export class SigningError extends Error {
  override readonly name = 'SigningError';
  readonly code = 'NO_CREDENTIALS';
}

const bytes = (data: Data): string | Uint8Array => {
  if (typeof data === 'string') return data;
  return data instanceof ArrayBuffer ? new Uint8Array(data) : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
};

/** SHA-256 as the signer wants it, or its HMAC where there is a secret. */
class Sha256 {
  readonly #hash: ReturnType<typeof createHash> | ReturnType<typeof createHmac>;

  constructor(secret?: Data) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', bytes(secret));
  }

  update(data: Data): void {
    this.#hash.update(bytes(data));
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
}

/** A fetch that signs each request for API Gateway (Signature Version 4). Rejects with SigningError where there are no credentials. */
export function signedFetch({ region, credentials = defaultProvider(), fetch: inner = fetch }: SigningOptions): typeof fetch {
  const signer = new SignatureV4({ service: 'execute-api', region, credentials, sha256: Sha256 });
  return async (input, init = {}) => {
    const url = new URL(String(input));
    const { method = 'GET', body } = init;
    const request = {
      method,
      protocol: url.protocol,
      hostname: url.hostname,
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: { ...(init.headers as Record<string, string>), host: url.host },
      ...(typeof body === 'string' ? { body } : {}),
    };
    const signed = await signer.sign(request).catch((cause: unknown) => {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new SigningError(`There are no AWS credentials to sign with: ${why}`, { cause });
    });
    return inner(url, { ...init, headers: signed.headers });
  };
}
