import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startControlPlane } from '../../local/control-plane.ts';
import { Plane } from './plane.ts';

const request = (plane: Plane, path: string, init: RequestInit = {}, token = plane.token) =>
  fetch(`${plane.url}${path}`, { ...init, headers: { authorization: `Bearer ${token}`, ...init.headers } });

const json = { 'content-type': 'application/json' };

describe('the HTTP API', () => {
  it('answers what is wrong with a request as problem+json', async () => {
    const plane = await Plane.start();
    const answers = {
      'no token': await fetch(`${plane.url}/v1/health`),
      'another token': await request(plane, '/v1/health', {}, 'x'.repeat(43)),
      'no such path': await request(plane, '/v2/health'),
      'another method': await request(plane, '/v1/runs/01m80d2mq4smxb395795pekdyw/pause'),
      'no such run': await request(plane, '/v1/runs/01m80d2mq4smxb395795pekdyw'),
      'no run id': await request(plane, '/v1/runs/..%2Fsecrets'),
      'no JSON': await request(plane, '/v1/runs', { method: 'POST', body: '{', headers: json }),
      'no object': await request(plane, '/v1/runs', { method: 'POST', body: '[]', headers: json }),
      'another type': await request(plane, '/v1/runs', {
        method: 'POST',
        body: 'plan',
        headers: { 'content-type': 'text/yaml' },
      }),
      'an unknown field': await request(plane, '/v1/runs', { method: 'POST', body: '{"plam":{}}', headers: json }),
      'too much': await request(plane, '/v1/runs', {
        method: 'POST',
        body: JSON.stringify({ x: 'x'.repeat(2 ** 21) }),
        headers: json,
      }),
    };
    const found = await Promise.all(
      Object.entries(answers).map(async ([name, response]) => {
        expect(response.headers.get('content-type')).toBe('application/problem+json');
        const { status, code, next } = (await response.json()) as { status: number; code: string; next: string };
        expect(status).toBe(response.status);
        expect(next).toMatch(/\w/);
        return [name, status, code];
      }),
    );
    expect(found).toEqual([
      ['no token', 401, 'UNAUTHENTICATED'],
      ['another token', 401, 'UNAUTHENTICATED'],
      ['no such path', 404, 'NO_SUCH_PATH'],
      ['another method', 405, 'METHOD_NOT_ALLOWED'],
      ['no such run', 404, 'RUN_NOT_FOUND'],
      ['no run id', 422, 'INVALID'],
      ['no JSON', 400, 'MALFORMED'],
      ['no object', 400, 'MALFORMED'],
      ['another type', 415, 'UNSUPPORTED_MEDIA_TYPE'],
      ['an unknown field', 422, 'INVALID'],
      ['too much', 413, 'BODY_TOO_LARGE'],
    ]);
    expect(answers['another method'].headers.get('allow')).toBe('POST');
  });
});

describe('the data directory', () => {
  it('keeps the token for its owner alone, and the address for the command line', async () => {
    const plane = await Plane.start();
    const token = join(plane.dataDir, 'token');
    expect((await stat(token)).mode & 0o777).toBe(0o600);
    expect((await readFile(token, 'utf8')).trim()).toBe(plane.token);
    expect(JSON.parse(await readFile(join(plane.dataDir, 'endpoint.json'), 'utf8'))).toMatchObject({ url: plane.url });
    const before = plane.token;
    await plane.restart();
    expect(plane.token).toBe(before);
  });

  it('serves one control plane at a time', async () => {
    const plane = await Plane.start();
    const second = startControlPlane({ dataDir: plane.dataDir, port: 0, log: () => undefined });
    await expect(second).rejects.toMatchObject({ code: 'DATA_DIRECTORY', problem: 'in-use' });
    expect(await plane.call('get-health', {})).toMatchObject({ status: 'ok' });
  });

  it.each([
    ['store/slipway-store.json', 'DATA_DIRECTORY'],
    ['executions/CURRENT', 'EXECUTION_STORE_CORRUPT'],
  ])('is refused where %s is corrupted, and left as it is', async (file, code) => {
    const plane = await Plane.start();
    await plane.stop();
    const path = join(plane.dataDir, file);
    await writeFile(path, 'rubbish');
    const start = () => startControlPlane({ dataDir: plane.dataDir, port: 0, log: () => undefined });
    await expect(start()).rejects.toMatchObject({ code, next: expect.stringMatching(/\w/) });
    // Asked again it says the same: the first refusal let go of whatever it held.
    await expect(start()).rejects.toMatchObject({ code });
    expect(await readFile(path, 'utf8')).toBe('rubbish');
  });

  it('is refused a port that is in use', async () => {
    const plane = await Plane.start();
    const dataDir = join(plane.folder, 'other');
    const start = startControlPlane({ dataDir, port: Number(new URL(plane.url).port), log: () => undefined });
    await expect(start).rejects.toMatchObject({ code: 'PORT_IN_USE', next: expect.stringContaining('--port') });
  });
});
