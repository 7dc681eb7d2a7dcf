import { randomBytes, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';

interface Key {
  readonly id: string;
  readonly key: string;
  /** The request that made it: asked again, it gets the same one. */
  readonly request: string;
}

/**
 * A service whose account has two keys at most, as most have. `POST /keys` makes one (header `idempotency-key`), `GET /account` says who
 * asks, `DELETE /keys/ID` takes one away; all with `authorization: Bearer KEY`. `GET /health` needs none.
 */
export function keyService(first: string): {
  readonly server: Server;
  readonly keys: readonly Key[];
  readonly log: readonly string[];
} {
  const keys: Key[] = [{ id: 'first', key: first, request: 'first' }];
  const log: string[] = [];
  const server = createServer((request, response) => {
    const [status, body] = answer(keys, request);
    log.push(`${request.method} ${request.url} ${status}`);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  return { server, keys, log };
}

function answer(keys: Key[], { method, url = '', headers }: IncomingMessage): [status: number, body: object] {
  if (method === 'GET' && url === '/health') return [200, { keys: keys.length }];
  const bearer = headers.authorization?.replace(/^Bearer /, '');
  if (!keys.some(({ key }) => key === bearer)) return [401, { error: 'no such key' }];
  if (method === 'GET' && url === '/account') return [200, { keys: keys.map(({ id }) => id) }];
  if (method === 'POST' && url === '/keys') return made(keys, String(headers['idempotency-key'] ?? ''));
  const at = keys.findIndex(({ id }) => method === 'DELETE' && url === `/keys/${id}`);
  if (at === -1) return [404, { error: 'no such thing' }];
  keys.splice(at, 1);
  return [200, {}];
}

function made(keys: Key[], request: string): [status: number, body: object] {
  if (request === '') return [400, { error: 'idempotency-key is missing' }];
  const found = keys.find((key) => key.request === request);
  if (found) return [200, { id: found.id, key: found.key }];
  if (keys.length === 2) return [409, { error: 'there are two keys already' }];
  const key = { id: randomUUID(), key: randomBytes(24).toString('base64url'), request };
  keys.push(key);
  return [201, { id: key.id, key: key.key }];
}
