import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../adapters/embedded/system-clock.ts';
import { systemIds } from '../../adapters/embedded/system-ids.ts';
import { AccessTokens } from '../../local/access-tokens.ts';
import { OwnerToken } from '../../local/owner-token.ts';
import type { PlanInput } from '../../shared/plan/plan.ts';
import { StreamReader } from './event-stream.ts';
import { Plane } from './plane.ts';

const plan = (target: string): PlanInput => ({
  slipway: 1,
  name: 'short',
  target,
  phases: [{ name: 'only', components: [{ name: 'pause', kind: 'wait', for: '1ms' }] }],
});

describe('tokens of the embedded control plane', () => {
  it('open what their roles open, and nothing elsewhere', async () => {
    const plane = await Plane.start();
    const production = await plane.startRun(plan('production/shop'));
    const staging = await plane.startRun(plan('staging/shop'));
    const token = await plane.tokenOf('staging:viewer');
    expect((await plane.send('get-run', { runId: staging }, token)).status).toBe(200);
    expect(await plane.send('get-run', { runId: production }, token)).toMatchObject({
      status: 404,
      body: { code: 'RUN_NOT_FOUND' },
    });
    const { body } = await plane.send('list-runs', {}, token);
    expect((body as { runs: { id: string }[] }).runs.map(({ id }) => id)).toEqual([staging]);
    expect(await plane.send('rollback-run', { runId: staging, reason: 'no' }, token)).toMatchObject({
      status: 403,
      body: { code: 'FORBIDDEN' },
    });
    expect(await plane.send('start-run', plane.source(plan('staging/shop')), token)).toMatchObject({ status: 403 });
    const operator = await plane.tokenOf('staging:operator');
    expect(await plane.send('start-run', plane.source(plan('production/shop')), operator)).toMatchObject({
      status: 404,
      body: { code: 'ENVIRONMENT_NOT_FOUND' },
    });
    const started = await plane.send('start-run', plane.source(plan('staging/other')), operator);
    expect(started).toMatchObject({ status: 200, body: { run: { actor: 'guest' } } });
    await plane.ended(staging);
    await plane.ended(production);
    await plane.ended((started.body as { run: { id: string } }).run.id);
  });

  it('read the events of what they see: all of them take a role everywhere', async () => {
    const plane = await Plane.start();
    const [production, staging] = [await plane.startRun(plan('production/x')), await plane.startRun(plan('staging/x'))];
    const get = async (path: string, token: string, accept: string) => {
      const headers = { authorization: `Bearer ${token}`, accept };
      const response = await fetch(`${plane.url}${path}`, { headers, signal: AbortSignal.timeout(5000) });
      await response.body?.cancel();
      return response.status;
    };
    const [here, everywhere] = [await plane.tokenOf('staging:admin'), await plane.tokenOf('*:viewer')];
    for (const accept of ['text/event-stream', '*/*']) {
      expect(await get(`/v1/runs/${staging}/events`, here, accept)).toBe(200);
      expect(await get(`/v1/runs/${production}/events`, here, accept)).toBe(404);
      for (const path of ['/v1/events', '/metrics']) {
        expect(await get(path, here, accept)).toBe(403);
        expect(await get(path, everywhere, accept)).toBe(200);
      }
    }
    const { entries } = await plane.call('list-audit', { type: 'accessDenied', actor: 'guest' });
    const of = (route: string) => entries.filter(({ data }) => data['route'] === route);
    // The stream, which the server itself refuses, as the page.
    for (const route of ['GET /v1/events', 'GET /metrics']) expect(of(route)).toHaveLength(2);
    expect(of('GET /metrics')[0]?.data).toMatchObject({ takes: 'viewer', environment: '*' });
    const log = (await readFile(join(plane.dataDir, 'audit.log'), 'utf8')).split('\n');
    expect(log.filter((line) => line.includes('"outcome":"denied"'))).toHaveLength(6);
  });

  it('end the streams that they opened when they are revoked: nothing that happens after that is told', async () => {
    const plane = await Plane.start();
    const tokens = new AccessTokens(plane.dataDir, systemClock);
    const { token, made } = await tokens.create({ roles: ['*:viewer'] }, systemIds());
    const headers = { authorization: `Bearer ${token}`, accept: 'text/event-stream' };
    const stream = await StreamReader.open(`${plane.url}/v1/events`, headers);
    const before = await plane.startRun(plan('staging/x'));
    await stream.until(({ events }) => events.some(({ runId }) => runId === before));
    await plane.ended(before);
    await tokens.revoke(made.id);
    const after = await plane.startRun(plan('staging/y'));
    await stream.until(
      ({ events, messages }) => messages.some(({ name }) => name === 'cut-off') || events.some(({ runId }) => runId === after),
    );
    expect(stream.events.map(({ runId }) => runId)).not.toContain(after);
    expect(stream.named('cut-off')).toMatchObject({ code: 'UNAUTHENTICATED' });
    await plane.ended(after);
  });

  it('are two at once while one replaces the other, of people and of the owner, in a control plane that runs', async () => {
    const plane = await Plane.start();
    const statusWith = async (token: string) => (await plane.send('list-runs', {}, token)).status;
    const tokens = new AccessTokens(plane.dataDir, systemClock);
    const { token: old, made } = await tokens.create({ roles: ['staging:viewer'] }, systemIds());
    const rotated = await tokens.rotate(made.id, 60_000, systemIds());
    expect([await statusWith(old), await statusWith(rotated?.token ?? '')]).toEqual([200, 200]);
    await tokens.rotate(made.id, 0, systemIds());
    expect([await statusWith(old), await statusWith(rotated?.token ?? '')]).toEqual([401, 200]);
    const owner = new OwnerToken(plane.dataDir, systemClock);
    await owner.rotate(60_000);
    const second = await owner.read();
    expect([await statusWith(plane.token), await statusWith(second)]).toEqual([200, 200]);
    await owner.rotate(0);
    expect([await statusWith(plane.token), await statusWith(second), await statusWith(await owner.read())]).toEqual([
      401, 401, 200,
    ]);
  });
});
