import { once } from 'node:events';
import { createServer as overHttp, type Server } from 'node:http';
import { createServer as overHttps } from 'node:https';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { freePort } from '../contracts/free-port.ts';

const KEY_ID = 'first';
export const AUDIENCE = 'slipway-scenarios';
const HOUR_S = 3600;

type Keys = Awaited<ReturnType<typeof generateKeyPair>>;

/** An OpenID provider as far as whoever checks tokens sees it: it tells its public key, and signs what it is asked to. */
export class TokenIssuer {
  /** As its tokens name it. */
  readonly url: string;
  readonly keys: Keys;
  readonly #server: Server;

  private constructor(url: string, keys: Keys, server: Server) {
    this.url = url;
    this.keys = keys;
    this.#server = server;
  }

  /** Over TLS where it is given a certificate for the loopback. */
  static async listen(tls?: { readonly cert: string; readonly key: string }): Promise<TokenIssuer> {
    const keys = await generateKeyPair('RS256', { extractable: true });
    const jwk = { ...(await exportJWK(keys.publicKey)), kid: KEY_ID, alg: 'RS256', use: 'sig' };
    const server: Server = tls ? overHttps(tls) : overHttp();
    server.listen(await freePort(), '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const url = `${tls ? 'https' : 'http'}://127.0.0.1:${port}`;
    const documents: { readonly [path: string]: object } = {
      '/.well-known/openid-configuration': { issuer: url, jwks_uri: `${url}/keys` },
      '/keys': { keys: [jwk] },
    };
    server.on('request', (request, response) => {
      const document = documents[request.url ?? ''];
      response.writeHead(document ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(document ?? {}));
    });
    return new TokenIssuer(url, keys, server);
  }

  /** What a good token of this person says: for an hour from now. */
  claims(sub: string, ...roles: readonly string[]): JWTPayload {
    const now = Math.floor(Date.now() / 1000);
    return { iss: this.url, aud: AUDIENCE, sub, iat: now, exp: now + HOUR_S, 'slipway:roles': roles };
  }

  token(sub: string, ...roles: readonly string[]): Promise<string> {
    return this.sign(this.claims(sub, ...roles));
  }

  sign(claims: JWTPayload, by: Keys['privateKey'] = this.keys.privateKey): Promise<string> {
    return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: KEY_ID, typ: 'JWT' }).sign(by);
  }

  /** Listens again where it did before. */
  async reopen(): Promise<void> {
    this.#server.listen(Number(new URL(this.url).port), '127.0.0.1');
    await once(this.#server, 'listening');
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}
