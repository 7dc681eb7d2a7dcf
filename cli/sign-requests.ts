import { createHash, createHmac } from 'node:crypto';
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { SignatureV4 } from '@smithy/signature-v4';
import { CredentialsError } from './cli-errors.ts';

type Data = string | ArrayBuffer | ArrayBufferView;
type Credentials = ReturnType<typeof defaultProvider>;

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

/** A fetch that signs each request for API Gateway with the AWS credentials of this shell: environment, profile, SSO, instance. */
export function signing(inner: typeof fetch, region: string, credentials: Credentials = defaultProvider()): typeof fetch {
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
      throw new CredentialsError(`There are no AWS credentials to sign with: ${why}`, {
        next: 'Set AWS_PROFILE or AWS_ACCESS_KEY_ID, or: aws sso login',
        cause,
      });
    });
    return inner(url, { ...init, headers: signed.headers });
  };
}
