import { exportSPKI, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import type { TokenIssuer } from './token-issuer.ts';

const MINUTE_S = 60;

type Forged = (issuer: TokenIssuer) => Promise<string>;

/** A token that would let its bearer do everything, were it not for one thing. `now`: seconds. */
const but =
  (claims: (now: number) => object): Forged =>
  (issuer) =>
    issuer.sign({ ...issuer.claims('mallory', '*:admin'), ...claims(Math.floor(Date.now() / 1000)) });

/** Tokens that open nothing, by what is wrong with them. */
export const BAD_TOKENS: { readonly [wrong: string]: Forged } = {
  'is not signed (alg none)': async (issuer) => new UnsecuredJWT(issuer.claims('mallory', '*:admin')).encode(),
  'is signed by HS256 with the public key as the secret': async (issuer) =>
    new SignJWT(issuer.claims('mallory', '*:admin'))
      .setProtectedHeader({ alg: 'HS256', kid: 'first' })
      .sign(new TextEncoder().encode(await exportSPKI(issuer.keys.publicKey))),
  'is signed by another key': async (issuer) =>
    issuer.sign(issuer.claims('mallory', '*:admin'), (await generateKeyPair('RS256')).privateKey),
  'was changed after it was signed': async (issuer) => {
    const [header, , signature] = (await issuer.token('mallory', 'test:viewer')).split('.');
    const claims = Buffer.from(JSON.stringify(issuer.claims('mallory', '*:admin'))).toString('base64url');
    return `${header}.${claims}.${signature}`;
  },
  'has expired': but((now) => ({ iat: now - 2 * MINUTE_S, exp: now - MINUTE_S })),
  'is not valid yet': but((now) => ({ nbf: now + MINUTE_S })),
  'was issued in the future': but((now) => ({ iat: now + 2 * MINUTE_S })),
  'is for somebody else': but(() => ({ aud: 'another-service' })),
  'is for nobody': but(() => ({ aud: undefined })),
  'is of another issuer': but(() => ({ iss: 'https://login.example.org' })),
  'is no token': async () => 'a.b.c',
};
