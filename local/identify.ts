import type { AccessTokens } from './access-tokens.ts';
import type { OwnerToken } from './owner-token.ts';

/** Whoever sent a request, and words of the roles that they have. */
export interface Identity {
  readonly actor: string;
  readonly roles: readonly string[];
}

/** Who bears a token; undefined: it opens nothing. */
export type Identify = (bearer: string) => Promise<Identity | undefined>;

/** The first token is the owner's, who may do all; the others are as they were made, or as an OpenID provider has signed them. */
export const identify =
  (first: Pick<OwnerToken, 'opens'>, owner: string, others: Pick<AccessTokens, 'bearerOf'>, signed?: Identify): Identify =>
  async (bearer) =>
    (await first.opens(bearer)) ? { actor: owner, roles: ['*:admin'] } : ((await others.bearerOf(bearer)) ?? signed?.(bearer));
