import { SigningError, type SigningOptions, signedFetch } from '../adapters/aws/signed-fetch.ts';
import { CredentialsError } from './cli-errors.ts';

/** A fetch that signs each request for API Gateway with the AWS credentials of this shell: environment, profile, SSO, instance. */
export function signing(inner: typeof fetch, region: string, more: Pick<SigningOptions, 'credentials'> = {}): typeof fetch {
  const signed = signedFetch({ region, fetch: inner, ...more });
  return (input, init) =>
    signed(input, init).catch((error: unknown) => {
      if (!(error instanceof SigningError)) throw error;
      throw new CredentialsError(error.message, {
        next: 'Set AWS_PROFILE or AWS_ACCESS_KEY_ID, or: aws sso login',
        cause: error.cause,
      });
    });
}
