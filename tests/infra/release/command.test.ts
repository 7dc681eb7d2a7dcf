import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { liveFunctions } from '../../../infra/live-functions.ts';

const COMMAND = fileURLToPath(new URL('../../../infra/release.ts', import.meta.url));

/** Every function has version 2 behind its alias, and 3 published; its deployment ends as the server says. */
let ends: string;
/** How many requests for the alias of `start-run` are refused first. */
let throttled: number;
let server: Server;

function answerTo(request: IncomingMessage, body: string): object {
  if (request.url?.includes('/aliases/live')) return { FunctionVersion: '2' };
  if (request.url?.includes('/versions')) return { Versions: [{ Version: '2' }, { Version: '3' }] };
  const target = String(request.headers['x-amz-target']);
  if (target.endsWith('CreateDeployment')) return { deploymentId: `d-${JSON.parse(body).deploymentGroupName}` };
  return { deploymentInfo: { status: ends } };
}

beforeEach(() => {
  throttled = 0;
});

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const body = await text(request);
    if (request.url?.includes('start-run/aliases') && throttled-- > 0) {
      response.writeHead(429, { 'x-amzn-errortype': 'TooManyRequestsException' }).end('{"message":"Rate Exceeded"}');
      return;
    }
    response.setHeader('content-type', 'application/x-amz-json-1.1').end(JSON.stringify(answerTo(request, body)));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterAll(() => server.close());

async function release(...argv: string[]) {
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const keys = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b', AWS_REGION: 'us-east-1', AWS_ENDPOINT_URL: endpoint };
  const child = spawn(process.execPath, [COMMAND, ...argv], { env: { ...process.env, ...keys } });
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { code, out, err };
}

describe('npm run release', () => {
  it('moves every function of the API and of events, and tells so', async () => {
    ends = 'Succeeded';
    const { code, out } = await release('--stack', 'production');
    expect(code).toBe(0);
    expect(out).toContain('start-run: 2 to 3, d-start-run: Succeeded');
    expect(out).toContain(`${liveFunctions.length} moved, 0 were current, 0 failed`);
  });

  it('goes on where Lambda is asked too much', async () => {
    ends = 'Succeeded';
    throttled = 4;
    const { code, out } = await release('--environment', 'production');
    expect([code, throttled]).toEqual([0, -1]);
    expect(out).toContain('0 failed');
  });

  it('exits with 1 where a deployment was taken back, and tells it as JSON', async () => {
    ends = 'Failed';
    const { code, out } = await release('--environment', 'production', '--json');
    expect(code).toBe(1);
    const { environment, outcomes } = JSON.parse(out);
    expect(environment).toBe('production');
    expect(outcomes).toHaveLength(liveFunctions.length);
    expect(outcomes[0]).toMatchObject({ outcome: 'failed', reason: expect.stringContaining('ended as Failed') });
  });

  it('exits with 2 and the usage where it is told too little', async () => {
    const { code, err } = await release();
    expect(code).toBe(2);
    expect(err).toContain('Which stack?');
  });
});
