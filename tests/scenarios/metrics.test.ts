import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startControlPlane } from '../../local/control-plane.ts';
import type { PlanInput } from '../../shared/plan/plan.ts';
import { DataTables, places } from './data-tables.ts';
import { Plane } from './plane.ts';

const batch: PlanInput = {
  slipway: 1,
  name: 'places',
  target: 'test/places',
  phases: [
    {
      name: 'copy',
      components: [
        {
          name: 'places',
          kind: 'batch',
          from: { table: 'places-old' },
          to: { table: 'places-new' },
          transform: { run: './tasks.ts#reshape' },
          segments: 3,
        },
      ],
    },
  ],
};

const tasks: PlanInput = {
  slipway: 1,
  name: 'steps',
  target: 'test/steps',
  onFailure: 'stop',
  phases: [
    {
      name: 'first',
      components: [
        {
          name: 'one',
          kind: 'task',
          run: './tasks.ts#step',
          items: ['a', 'b'],
          input: { holdAt: 'a', failAt: 'b' },
          retry: { attempts: 0 },
        },
      ],
    },
  ],
};

/** Samples of a text in Prometheus' format, by name and labels. */
const samples = (text: string): Map<string, number> =>
  new Map(
    text
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  );

async function scrape(plane: Plane): Promise<Map<string, number>> {
  const response = await fetch(`${plane.url}/metrics`, { headers: { authorization: `Bearer ${plane.token}` } });
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  return samples(await response.text());
}

const sum = (found: Map<string, number>, pattern: RegExp): number =>
  [...found].reduce((total, [name, value]) => (pattern.test(name) ? total + value : total), 0);

describe('the metrics', () => {
  it('follow a batch forward and back', async () => {
    const plane = await Plane.start();
    const tables = new DataTables(plane);
    await tables.create('places-old', 'id');
    await tables.create('places-new', 'country', 'id');
    await tables.fill('places-old', places(300));
    const runId = await plane.startRun(batch);
    await plane.ended(runId);
    await plane.call('rollback-run', { runId, reason: 'a rehearsal' });
    await plane.until(runId, ({ status }) => status === 'rolled-back');
    await plane.ended(runId);

    const found = await scrape(plane);
    expect(Object.fromEntries([...found].filter(([name]) => name.startsWith('slipway_records_total')))).toEqual({
      'slipway_records_total{outcome="read"}': 300,
      'slipway_records_total{outcome="written"}': 300,
      'slipway_records_total{outcome="quarantined"}': 0,
      'slipway_records_total{outcome="kept"}': 0,
      'slipway_records_total{outcome="restored"}': 300,
      'slipway_records_total{outcome="retried"}': 0,
    });
    expect(found.get('slipway_rollbacks_total{cause="person"}')).toBe(1);
    expect(found.get('slipway_rollbacks_total{cause="slipway"}')).toBe(0);
    expect(found.get('slipway_run_duration_seconds_count{status="succeeded"}')).toBe(1);
    expect(found.get('slipway_run_duration_seconds_count{status="rolled-back"}')).toBe(1);
    expect(found.get('slipway_component_duration_seconds_count{outcome="completed"}')).toBe(1);
    expect(found.get('slipway_events_total{type="checkpointCreated",item="segment"}')).toBeGreaterThanOrEqual(3);
    expect(found.get('slipway_execution_changes_total{machine="run",status="SUCCEEDED"}')).toBe(1);
    expect(found.get('slipway_function_duration_seconds_count{function="work-segment",outcome="ok"}')).toBeGreaterThanOrEqual(3);
    expect(sum(found, /^slipway_store_request_duration_seconds_count\{.*table="control",outcome="ok"/)).toBeGreaterThan(20);
    expect(sum(found, /^slipway_store_request_duration_seconds_count\{.*table="data",outcome="ok"/)).toBeGreaterThan(3);
    expect(found.get('slipway_http_request_duration_seconds_count{route="POST /v1/runs",status="200"}')).toBe(1);
    expect(sum(found, /^slipway_(locks_held|runs|executions_open|faults_total)/)).toBe(0);
    expect(sum(found, /^nodejs_(eventloop_lag_p99_seconds|heap_size_used_bytes|gc_duration_seconds_count)/)).toBeGreaterThan(0);
  });

  it('show what is open while a run is at work, and what waits for a person when it has stopped', async () => {
    const plane = await Plane.start();
    await plane.put('broken');
    const runId = await plane.startRun(tasks);
    await plane.until(runId, ({ components }) => components[0]?.status === 'working');
    const working = await scrape(plane);
    expect(working.get('slipway_runs{status="running"}')).toBe(1);
    expect(working.get('slipway_locks_held{run_status="running"}')).toBe(1);
    expect(working.get('slipway_lock_oldest_age_seconds{run_status="running"}')).toBeGreaterThanOrEqual(0);
    expect(working.get('slipway_executions_open{machine="run"}')).toBe(1);

    await plane.put('go');
    await plane.ended(runId);
    const stopped = await scrape(plane);
    expect(stopped.get('slipway_runs{status="running"}')).toBe(0);
    const [held] = [...stopped.keys()].filter((name) => name.startsWith('slipway_locks_held'));
    expect(held).toBe('slipway_locks_held{run_status="failed"}');
  });

  it('want the token, and name no path that does not exist', async () => {
    const plane = await Plane.start();
    expect((await fetch(`${plane.url}/metrics`)).status).toBe(401);
    await fetch(`${plane.url}/${'x'.repeat(50)}`);
    // A request line that is no URL ends neither the process nor the count; nor does one who leaves at once.
    for (const leaves of [false, true]) {
      await new Promise<void>((resolve, reject) => {
        const socket = connect(Number(new URL(plane.url).port), '127.0.0.1')
          .once('error', reject)
          .once('close', () => resolve())
          .resume();
        const request = 'GET // HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n';
        if (leaves) socket.end(request);
        else socket.write(request);
      });
    }
    const routes = [...(await scrape(plane)).keys()].filter((name) => /^slipway_http_request_duration_seconds_count/.test(name));
    expect(routes.sort()).toEqual([
      'slipway_http_request_duration_seconds_count{route="GET /metrics",status="401"}',
      'slipway_http_request_duration_seconds_count{route="none",status="401"}',
      'slipway_http_request_duration_seconds_count{route="none",status="499"}',
    ]);
  });

  it('are each explained in docs/metrics.md, and no others', async () => {
    const plane = await Plane.start();
    const response = await fetch(`${plane.url}/metrics`, { headers: { authorization: `Bearer ${plane.token}` } });
    const served = [...(await response.text()).matchAll(/^# TYPE (slipway_\w+)/gm)].map(([, name]) => name);
    const text = await readFile(new URL('../../docs/metrics.md', import.meta.url), 'utf8');
    const explained = [...text.matchAll(/^\| `(slipway_\w+)`/gm)].map(([, name]) => name);
    expect(explained.sort()).toEqual(served.sort());
  });
});

describe('a control plane that others reach', () => {
  async function reachable() {
    const { folder } = await Plane.start();
    const log: string[] = [];
    const options = { dataDir: join(folder, 'other'), port: 0, host: '0.0.0.0', metricsPort: 0 };
    const plane = await startControlPlane({ ...options, log: (line) => log.push(line) });
    onTestFinished(() => plane.close());
    return plane;
  }

  it('serves the metrics without a token on a port that serves nothing else', async () => {
    const plane = await reachable();
    const url = plane.metricsUrl ?? '';
    expect(samples(await (await fetch(url)).text()).get('slipway_runs{status="running"}')).toBe(0);
    for (const path of ['/', '/v1/health', '/v1/runs', '/metrics/x']) {
      expect((await fetch(new URL(path, url), { headers: { authorization: `Bearer ${plane.token}` } })).status).toBe(404);
    }
    expect((await fetch(url, { method: 'POST' })).status).toBe(404);
  });

  it('answers every address of the machine, wants the token there, and announces one that the command line accepts', async () => {
    const plane = await reachable();
    expect(plane.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    // Another address of the loopback network: refused by whoever listens on 127.0.0.1 alone.
    const elsewhere = plane.url.replace('127.0.0.1', '127.0.0.2');
    const health = (token: string) => fetch(`${elsewhere}/v1/health`, { headers: { authorization: `Bearer ${token}` } });
    expect((await health('x')).status).toBe(401);
    expect((await health(plane.token)).status).toBe(200);
  });

  it('is refused an address that this machine does not have', async () => {
    const { folder } = await Plane.start();
    const start = startControlPlane({ dataDir: join(folder, 'other'), port: 0, host: '192.0.2.1', log: () => undefined });
    await expect(start).rejects.toMatchObject({ code: 'NO_SUCH_ADDRESS', next: expect.stringContaining('--host') });
  });
});
