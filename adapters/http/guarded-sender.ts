import type { LookupAddress } from 'node:dns';
import { lookup as systemLookup } from 'node:dns/promises';
import { request as overHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import type { WebhookAnswer, WebhookRequest, WebhookSender } from '../../shared/ports/webhook-sender.ts';
import { isPublic } from './public-address.ts';

export interface GuardedSenderOptions {
  /** Lets http and the addresses of this machine in as well: for whoever tries it out. */
  readonly allowLocal?: boolean;
  /** To the end of the answer's head, ms; 10 s by default. */
  readonly timeoutMs?: number;
  readonly lookup?: (host: string) => Promise<readonly LookupAddress[]>;
}

const TIMEOUT = 10_000;
const systemAddresses = (host: string): Promise<readonly LookupAddress[]> => systemLookup(host, { all: true });
const LOOPBACK = /^(?:127\.\d+\.\d+\.\d+|::1)$/;

class RefusedAddressError extends Error {
  override readonly name = 'RefusedAddressError';
}

/**
 * Connects to the very address that was checked: a name that resolves to another one a moment later gains nothing. Every address of a
 * name must be public. The answer's body is not read.
 */
export function guardedSender(options: GuardedSenderOptions = {}): WebhookSender {
  const { allowLocal = false, timeoutMs = TIMEOUT, lookup = systemAddresses } = options;
  const mayReach = (address: string) => isPublic(address) || (allowLocal && LOOPBACK.test(address));
  const requireReachable = (host: string, addresses: readonly LookupAddress[]): void => {
    // Its addresses are not told: whoever named it would learn what is inside.
    if (addresses.every(({ address }) => mayReach(address))) return;
    throw new RefusedAddressError(`${host} is no address of the public internet`);
  };
  const requireNameable = (url: URL): void => {
    if (url.protocol !== 'https:' && !(allowLocal && url.protocol === 'http:'))
      throw new RefusedAddressError('it is no https URL');
    if (url.username !== '' || url.password !== '') throw new RefusedAddressError('it holds a user name or a password');
    requireReachable(bareHost(url), literal(bareHost(url)));
  };
  const addressOf = async (url: URL): Promise<LookupAddress> => {
    requireNameable(url);
    const host = bareHost(url);
    const found = literal(host);
    const addresses = found.length > 0 ? found : await lookup(host);
    const [first] = addresses;
    if (!first) throw new RefusedAddressError(`${host} has no address`);
    requireReachable(host, addresses);
    return first;
  };
  return {
    refusal: (url) => {
      try {
        requireNameable(new URL(url));
        return undefined;
      } catch (error) {
        return error instanceof RefusedAddressError ? error.message : 'it is no URL';
      }
    },
    send: async (request) => {
      try {
        const signal = AbortSignal.timeout(timeoutMs);
        const address = await Promise.race([addressOf(new URL(request.url)), aborted(signal)]);
        return await post(request, address, signal);
      } catch (error) {
        return { failed: reasonOf(error) };
      }
    },
  };
}

const bareHost = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, '');

function literal(host: string): readonly LookupAddress[] {
  const family = isIP(host);
  return family === 0 ? [] : [{ address: host, family }];
}

async function post({ url: text, headers, body }: WebhookRequest, { address, family }: LookupAddress, signal: AbortSignal) {
  const url = new URL(text);
  const pinned = ((_host, asked, done) =>
    asked.all ? done(null, [{ address, family }]) : done(null, address, family)) as LookupFunction;
  const { promise, resolve, reject } = Promise.withResolvers<WebhookAnswer>();
  // An import of node:http makes Node load its own fetch as well, a fifth of a start.
  const start = url.protocol === 'https:' ? overHttps : (await import('node:http')).request;
  const outgoing = start(url, {
    method: 'POST',
    agent: false,
    lookup: pinned,
    signal,
    headers: {
      ...headers,
      'content-type': 'application/json',
      'user-agent': 'slipway',
      'content-length': Buffer.byteLength(body),
    },
  });
  outgoing.on('error', reject);
  outgoing.on('response', (response) => {
    resolve({ status: response.statusCode ?? 0 });
    response.destroy();
  });
  // An answer too, of which Node tells in no other way, neither by an error nor by the signal.
  outgoing.on('upgrade', (response, socket) => {
    resolve({ status: response.statusCode ?? 0 });
    socket.destroy();
  });
  outgoing.end(body);
  return promise;
}

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });

/** In few words of its own: those of an error may hold addresses. */
function reasonOf(error: unknown): string {
  if (error instanceof RefusedAddressError) return error.message;
  const { name = '', code = '' } = error as { name?: string; code?: string };
  if (name === 'TimeoutError' || name === 'AbortError') return 'no answer in time';
  return code === '' ? 'no connection' : `no connection (${code})`;
}
