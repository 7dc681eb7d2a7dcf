import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { fetchHttp } from '../../../../adapters/http/fetch-http.ts';
import { HttpFailedError } from '../../../../shared/errors/http-errors.ts';

let server: Server | undefined;

const serve = async (listener: RequestListener): Promise<string> => {
  const made = createServer(listener);
  server = made;
  await new Promise<void>((resolve) => made.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(made.address() as AddressInfo).port}`;
};

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

const get = (url: string, timeoutMs = 5000) => fetchHttp.send({ method: 'GET', url, timeoutMs });

describe('fetchHttp', () => {
  it('answers status, body and how long it took', async () => {
    const url = await serve((_, response) => response.writeHead(404).end('{"no":1}'));
    const answer = await get(url);
    expect(answer).toMatchObject({ status: 404, body: '{"no":1}' });
    expect(answer.durationMs).toBeGreaterThan(0);
  });
  it('sends a body as JSON', async () => {
    const url = await serve((request, response) => {
      response.writeHead(200, { 'x-type': request.headers['content-type'] });
      request.pipe(response);
    });
    const answer = await fetchHttp.send({ method: 'POST', url, body: { a: [1] }, timeoutMs: 5000 });
    expect(answer.body).toBe('{"a":[1]}');
  });
  it('follows a redirect within the host and turns a POST into a GET', async () => {
    const url = await serve((request, response) =>
      request.url === '/'
        ? response.writeHead(302, { location: '/next' }).end()
        : response.end(`${request.method} ${request.url}`),
    );
    expect((await fetchHttp.send({ method: 'POST', url, body: 1, timeoutMs: 5000 })).body).toBe('GET /next');
  });
  it('refuses a redirect to another host, and one without end', async () => {
    const url = await serve((request, response) =>
      response.writeHead(307, { location: request.url === '/away' ? 'http://169.254.169.254/' : '/again' }).end(),
    );
    await expect(get(`${url}/away`)).rejects.toThrow('another host, 169.254.169.254');
    await expect(get(url)).rejects.toThrow('more than 5 times');
  });
  it('gives up after the time-out, and says so', async () => {
    const url = await serve(() => {});
    const error = await get(url, 50).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(HttpFailedError);
    expect(error).toMatchObject({ retryable: true, message: expect.stringContaining('no answer within 50 ms') });
  });
  it('says that a refused connection may be tried again', async () => {
    const url = await serve(() => {});
    const gone = server;
    await new Promise((resolve) => gone?.close(resolve));
    expect(await get(url).catch((caught: unknown) => caught)).toMatchObject({ retryable: true, code: 'HTTP_FAILED' });
  });
  it('refuses a body that is too large', async () => {
    const url = await serve((_, response) => response.end('x'.repeat(6 * 1024 * 1024)));
    await expect(get(url)).rejects.toThrow('more than 5242880 bytes');
  });
});
