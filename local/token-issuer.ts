import { createRemoteJWKSet, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import * as z from 'zod';
import { wordsIn } from '../shared/access/caller.ts';
import type { Clock } from '../shared/ports/clock.ts';
import type { Identify } from './identify.ts';

/** An OpenID provider whose tokens open the control plane, as API Gateway's JWT authoriser has it. */
export interface TokenIssuer {
  /** As `iss` says it, to the letter; its keys are found through `/.well-known/openid-configuration` below it. */
  readonly issuer: string;
  /** Tokens are for any of these. */
  readonly audience: readonly string[];
  /** The claim that holds roles, such as `staging:operator`. */
  readonly rolesClaim: string;
}

export interface IssuerDeps {
  readonly clock: Pick<Clock, 'now'>;
  /** Is told why no token can be checked, where the provider does not answer as one. */
  readonly log: (line: string) => void;
}

const TIMEOUT_MS = 5000;
const configuration = z.object({ issuer: z.string(), jwks_uri: z.url() });

/** Whose token it is, by signature (RS256 alone), `iss`, `aud` (or `client_id`, where there is no `aud`), `exp`, `nbf` and `iat`. */
export function bearersOf({ issuer, audience, rolesClaim }: TokenIssuer, { clock, log }: IssuerDeps): Identify {
  let keys: Promise<JWTVerifyGetKey> | undefined;
  const known = (): Promise<JWTVerifyGetKey> => {
    keys ??= keysOf(issuer);
    // The next token asks again.
    keys.catch(() => (keys = undefined));
    return keys;
  };
  return async (bearer) => {
    if (bearer.split('.').length !== 3) return undefined;
    try {
      const now = clock.now();
      const { payload } = await jwtVerify(bearer, await known(), {
        algorithms: ['RS256'],
        issuer,
        requiredClaims: ['exp'],
        currentDate: new Date(now),
      });
      if (!isFor(payload, audience) || (payload.iat ?? 0) * 1000 > now) return undefined;
      return { actor: payload.sub ?? 'unknown', roles: wordsIn(payload[rolesClaim]) };
    } catch (error) {
      if (!isForged(error)) log(`Tokens of ${issuer} cannot be checked: ${reasonOf(error)}`);
      return undefined;
    }
  };
}

async function keysOf(issuer: string): Promise<JWTVerifyGetKey> {
  const url = `${issuer.replace(/\/+$/, '')}/.well-known/openid-configuration`;
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS), redirect: 'error' });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  const found = configuration.parse(await response.json());
  if (found.issuer !== issuer) throw new Error(`${url} is of ${found.issuer}`);
  return createRemoteJWKSet(new URL(found.jwks_uri), { timeoutDuration: TIMEOUT_MS });
}

function isFor({ aud, client_id: client }: JWTPayload, audience: readonly string[]): boolean {
  const named = aud === undefined ? [client] : [aud].flat();
  return named.some((one) => typeof one === 'string' && audience.includes(one));
}

/** The token is to blame, not the provider. */
const isForged = (error: unknown): boolean =>
  error instanceof errors.JOSEError && !(error instanceof errors.JWKSTimeout) && !(error instanceof errors.JWKSInvalid);

const reasonOf = (error: unknown): string => {
  const { message, cause } = error as Error;
  return cause instanceof Error ? `${message} (${cause.message})` : message;
};
