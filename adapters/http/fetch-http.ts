import { HttpFailedError } from '../../shared/errors/http-errors.ts';
import type { Http, HttpAnswer, HttpRequest } from '../../shared/ports/http.ts';
import { isRetryable } from '../../shared/resilience/retryable-error.ts';

const MOST_REDIRECTS = 5;
const MOST_BYTES = 5 * 1024 * 1024;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** Requests by Node's own fetch. */
export const fetchHttp: Http = {
  async send(request) {
    const signal = AbortSignal.timeout(request.timeoutMs);
    const start = performance.now();
    try {
      const response = await followed(request, signal);
      const body = await text(request, response);
      return { status: response.status, body, durationMs: performance.now() - start } satisfies HttpAnswer;
    } catch (error) {
      if (error instanceof HttpFailedError) throw error;
      throw failed(request, error);
    }
  },
};

async function followed(request: HttpRequest, signal: AbortSignal): Promise<Response> {
  let { url, method, body } = request;
  for (let redirects = 0; ; redirects += 1) {
    const headers = {
      accept: 'application/json, */*;q=0.5',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    };
    const payload = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await fetch(url, { method, headers, redirect: 'manual', signal, ...payload });
    const location = response.headers.get('location');
    if (!REDIRECTS.has(response.status) || location === null) return response;
    await response.body?.cancel();
    const next = new URL(location, url);
    if (next.host !== new URL(url).host) throw refused(request, `was sent on to another host, ${next.host}`);
    if (redirects >= MOST_REDIRECTS) throw refused(request, `was sent on more than ${MOST_REDIRECTS} times`);
    if (response.status === 303 || (method === 'POST' && response.status < 303)) {
      method = method === 'HEAD' ? 'HEAD' : 'GET';
      body = undefined;
    }
    url = next.href;
  }
}

async function text(request: HttpRequest, response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > MOST_BYTES) throw refused(request, `answered more than ${MOST_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

const refused = ({ method, url }: HttpRequest, fact: string): HttpFailedError =>
  new HttpFailedError(`${method} ${url} ${fact}`, { retryable: false, next: 'Name the address that answers itself.' });

const failed = ({ method, url, timeoutMs }: HttpRequest, cause: unknown): HttpFailedError => {
  const late = cause instanceof Error && cause.name === 'TimeoutError';
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause.message : undefined;
  const why = late ? `no answer within ${timeoutMs} ms` : (inner ?? (cause instanceof Error ? cause.message : String(cause)));
  return new HttpFailedError(`${method} ${url} failed: ${why}`, {
    retryable: isRetryable(cause),
    next: 'Check that the service is up and can be reached from here.',
    cause,
  });
};
