import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Plane } from './plane.ts';

let plane: Plane;
const tidy: (() => Promise<void>)[] = [];
beforeAll(async () => {
  plane = await Plane.start({ onEnd: (end) => tidy.push(end) });
});
afterAll(() => Promise.all(tidy.map((end) => end())));

interface Problem {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly next: string;
  readonly requestId: string;
  readonly problems?: { path: unknown[]; message: string }[];
}

/** Sends bytes as they are and answers what came back until the connection ended. */
async function raw(bytes: string, ends = false): Promise<{ status: number; headers: string; problem: Problem }> {
  const { hostname, port } = new URL(plane.url);
  const socket = connect(Number(port), hostname);
  socket.write(bytes);
  if (ends) socket.end();
  let text = '';
  for await (const chunk of socket.setEncoding('utf8')) text += chunk;
  const [headers = '', body = ''] = text.split('\r\n\r\n');
  return { status: Number(headers.split(' ')[1]), headers, problem: JSON.parse(body) };
}

const authorization = () => `authorization: Bearer ${plane.token}\r\n`;
const get = (path: string, headers = '') =>
  raw(`GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n${authorization()}${headers}\r\n`);

async function send(
  path: string,
  init: RequestInit & { method?: string } = {},
): Promise<{ response: Response; problem: Problem }> {
  const headers = { authorization: `Bearer ${plane.token}`, 'content-type': 'application/json', ...init.headers };
  const response = await fetch(`${plane.url}${path}`, { ...init, headers });
  return { response, problem: (await response.json()) as Problem };
}

const post = (path: string, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
  send(path, { method: 'POST', body, headers });

const runId = '01m80d2mq4smxb395795pekdyw';
const PUT_FLAG = (simple: string) => send('/v1/flags/odd', { method: 'PUT', body: `{"simple":${simple}}` });

describe('a bad request', () => {
  it.each<[string, () => Promise<{ status: number; problem: Problem }>, number, string]>([
    ['without an end of its headers', () => raw('GET / HTTP/1.1\r\nhost', true), 400, 'MALFORMED'],
    ['that is no HTTP', () => raw('\u0000\u0001 hello\r\n\r\n'), 400, 'MALFORMED'],
    ['for a path that looks like a host', () => get('//evil'), 404, 'NO_SUCH_PATH'],
    ['for a whole URL', () => get('http://evil/v1/health'), 400, 'MALFORMED'],
    ['with a URL of 9 KB', () => get(`/v1/health?x=${'x'.repeat(9000)}`), 414, 'URI_TOO_LONG'],
    ['with 10,000 headers', () => get('/v1/health', 'x-a: b\r\n'.repeat(10_000)), 431, 'HEADERS_TOO_LARGE'],
    ['with a header of 20 KB', () => get('/v1/health', `x-a: ${'b'.repeat(20_000)}\r\n`), 431, 'HEADERS_TOO_LARGE'],
    ['for what is not there', () => get('/v1/nothing'), 404, 'NO_SUCH_PATH'],
    ['with an unknown query', () => get('/v1/runs?colour=red'), 422, 'INVALID'],
    ['with a query twice', () => get('/v1/runs?limit=1&limit=2'), 422, 'INVALID'],
    ['with a limit of 1e309', () => get('/v1/runs?limit=1e309'), 422, 'INVALID'],
    ['with a cursor of nobody', () => get('/v1/runs?cursor=%7B%7D'), 422, 'CURSOR_UNKNOWN'],
    ['with a cursor that is no JSON', () => get('/v1/runs?cursor=x'), 422, 'CURSOR_UNKNOWN'],
    ['with NUL in an id', () => get('/v1/runs/%00'), 422, 'INVALID'],
    ['with a line end in an id', () => get(`/v1/runs/${runId}%0d%0a`), 422, 'INVALID'],
    ['with ../ in an id', () => get('/v1/runs/..%2f..%2fetc'), 422, 'INVALID'],
    ['with a broken escape in an id', () => get('/v1/flags/%E0%A4%A'), 422, 'INVALID'],
    ['that wants a page', () => get('/v1/health', 'accept: text/html\r\n'), 406, 'NOT_ACCEPTABLE'],
  ])('%s is refused', async (_, ask, status, code) => {
    const found = await ask();
    expect(found.problem).toMatchObject({
      status,
      code,
      next: expect.stringMatching(/\w/),
      requestId: expect.stringMatching(/\w/),
    });
    expect(found.status).toBe(status);
    expect(JSON.stringify(found.problem)).not.toMatch(/\bat .*\.ts:|node_modules/);
  });

  it.each<[string, () => Promise<{ response: Response; problem: Problem }>, number, string]>([
    ['that is no JSON', () => post('/v1/runs', '{'), 400, 'MALFORMED'],
    ['with a key twice', () => post('/v1/emergency-stop', '{"reason":"a","reason":"b"}'), 400, 'MALFORMED'],
    ['with __proto__', () => post('/v1/emergency-stop', '{"reason":"a","__proto__":{}}'), 400, 'MALFORMED'],
    ['with half a character', () => post('/v1/emergency-stop', '{"reason":"\\ud800"}'), 400, 'MALFORMED'],
    ['nested 100,000 levels', () => post('/v1/runs', `{"plan":${'['.repeat(1e5)}${']'.repeat(1e5)}}`), 400, 'MALFORMED'],
    ['that is not UTF-8', () => post('/v1/runs', new Uint8Array([0x7b, 0xff, 0x7d])), 400, 'MALFORMED'],
    ['of 10 MB', () => post('/v1/runs', `{"x":"${'x'.repeat(10_000_000)}"}`), 413, 'BODY_TOO_LARGE'],
    [
      'in another character set',
      () => post('/v1/runs', '{}', { 'content-type': 'application/json; charset=latin1' }),
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    ],
    ['that is packed', () => post('/v1/runs', '{}', { 'content-encoding': 'gzip' }), 415, 'UNSUPPORTED_MEDIA_TYPE'],
    [
      'of form fields',
      () => post('/v1/runs', 'a=b', { 'content-type': 'application/x-www-form-urlencoded' }),
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    ],
    ['with a percentage below 0', () => PUT_FLAG('{"rolloutPercentage":-1}'), 422, 'INVALID'],
    ['with a percentage over 100', () => PUT_FLAG('{"rolloutPercentage":100.001}'), 422, 'INVALID'],
    ['with a percentage of 1e309', () => PUT_FLAG('{"rolloutPercentage":1e309}'), 422, 'INVALID'],
  ])('body %s is refused', async (_, ask, status, code) => {
    const { response, problem } = await ask();
    expect([response.status, problem.status, problem.code]).toEqual([status, status, code]);
    expect(problem.next).toMatch(/\w/);
    expect(problem.requestId).toBe(response.headers.get('x-request-id'));
  });

  it('has every field that does not fit named', async () => {
    const { problem } = await post(`/v1/runs/${runId}/components/x/stage`, '{"stage":-0.5,"reason":"","colour":1}');
    expect(problem.problems?.map(({ path }) => path)).toEqual(expect.arrayContaining([['stage'], ['reason'], ['colour']]));
  });

  it('of a caller who forgot the body says which fields are missing', async () => {
    const { response, problem } = await send('/v1/runs', { method: 'POST' });
    expect([response.status, problem.problems?.map(({ path }) => path)]).toEqual([422, [['plan']]]);
  });
});

describe('the id of a request', () => {
  const ask = (headers: Record<string, string>, path = '/v1/health') =>
    fetch(`${plane.url}${path}`, { headers: { authorization: `Bearer ${plane.token}`, ...headers } });

  it('is what the caller says, on a success and in a problem', async () => {
    const mine = { 'x-request-id': 'order-17' };
    expect((await ask(mine)).headers.get('x-request-id')).toBe('order-17');
    const refused = await ask(mine, `/v1/runs/${runId}`);
    expect([refused.headers.get('x-request-id'), ((await refused.json()) as Problem).requestId]).toEqual([
      'order-17',
      'order-17',
    ]);
  });

  it('is made where the caller says none, or one that no log should hold', async () => {
    const ids = [await ask({}), await ask({}), await ask({ 'x-request-id': 'a b' }), await ask({}, '/metrics')].map(
      ({ headers }) => headers.get('x-request-id'),
    );
    expect(new Set(ids).size).toBe(4);
    for (const id of ids) expect(id).toMatch(/^[\w.:-]{1,128}$/);
  });
});
