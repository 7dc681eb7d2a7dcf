import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { flagView } from '../../shared/api/flags.ts';
import { runView } from '../../shared/api/run-view.ts';
import { type Ended, Workplace } from './cli-process.ts';

const announced = z.object({ url: z.string(), dynamodb: z.string(), dataDir: z.string() });
const started = z.object({ run: z.object({ id: z.string() }) });
const json = (ended: Ended): unknown => JSON.parse(ended.stdout);

/** Every stage bakes for long, so that only a person or a guardrail moves it. */
const PLAN = `slipway: 1
name: search
target: local/search
phases:
  - name: only
    components:
      - name: search
        kind: rollout
        flag: new-search
        stages: [10, 50, 100]
        bake: 10m
        look: 1s
        minSample: 10
        guardrails:
          - { name: latency, type: metric, metric: Latency, statistic: p95, limit: 500, period: 10s, window: 10s, breaching: 1 }
`;

describe('a rollout from the command line', () => {
  let place: Workplace;
  let dev: z.output<typeof announced>;

  beforeAll(async () => {
    place = await Workplace.open();
    dev = announced.parse(JSON.parse((await place.dev()).stdout));
    await writeFile(join(place.cwd, 'search.yaml'), PLAN);
    expect(await place.run('flags', 'set', 'new-search', '--percent', '0', '--reason', 'begin')).toMatchObject({ code: 0 });
  });
  afterAll(() => place.close());

  const percent = async () => {
    const { simple } = flagView.parse(json(await place.run('flags', 'get', 'new-search', '--json')));
    return simple?.['rolloutPercentage'];
  };
  const start = async () => started.parse(json(await place.run('start', 'search.yaml', '--json'))).run.id;
  const status = async (id: string) => runView.parse(json(await place.run('status', id, '--json')));

  /** Sends what both sides would, until the end of the test. */
  const send = (latency: { readonly [variation: string]: number }) => {
    const leaving = new AbortController();
    const report = async () => {
      const token = (await readFile(join(dev.dataDir, 'token'), 'utf8')).trim();
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
      while (!leaving.signal.aborted) {
        const data = Object.entries(latency).flatMap(([variation, ms]) =>
          Object.entries({ Exposures: [50], Latency: [ms, ms, ms] }).map(([metric, values]) => ({
            ...{ metric, dimensions: { variation }, at: Date.now(), values },
          })),
        );
        const answer = await fetch(`${dev.url}/v1/metrics`, { method: 'POST', headers, body: JSON.stringify({ data }) });
        expect(await answer.json()).toMatchObject({ refused: [] });
        await new Promise((resolve) => setTimeout(resolve, 250));
      }
    };
    const reported = report();
    return async () => {
      leaving.abort();
      await reported;
    };
  };

  it('goes on and back by hand, and stops with everything else', { timeout: 90_000 }, async () => {
    const id = await start();
    const watch = place.start('watch', id);
    await watch.says('search 10 % (stage 1 of 3), watched');
    await watch.says('0 of 10 exposures');
    const held = await place.run('status', id);
    expect(held.stdout).toContain('● 10 %  ○ 50 %  ○ 100 %');
    expect(held.stdout).toMatch(/^ {4}sample +0 +10 +0 +0 {2}hold {2}No traffic has reached the new path; 10 are needed\.$/m);

    expect((await place.run('promote', id, 'search', '-m', 'we know it')).stdout).toContain('Stage 1 of search is promoted');
    await watch.says('search 50 % (stage 2 of 3)');
    expect(await percent()).toBe(50);
    const later = await place.run('rollback', id, '--to', '100%', '-m', 'x');
    expect(later.code).toBe(1);
    expect(later.stderr).toContain('search is at stage 2 (50 %); it can be taken back to an earlier one only.');
    const lowered = await place.run('rollback', id, '--to', '10%', '-m', 'too early');
    expect(lowered, lowered.stderr).toMatchObject({ code: 0 });
    expect(await percent()).toBe(10);
    await watch.says(`; slipway promote ${id} search`);

    const stopped = await place.run('stop', '--emergency', '-m', 'all is red', '--yes');
    expect(stopped).toMatchObject({ code: 0, stderr: '' });
    expect(stopped.stdout).toContain(`flag new-search is on its old side\n  run ${id} goes back`);
    expect(await percent()).toBe(0);
    const ended = await watch.ended;
    expect(ended.code).toBe(8);
    expect(ended.stdout).toContain('Emergency stop: all is red');

    const logs = await place.run('logs', id);
    expect(logs.stdout).toMatch(/ {2}search {2}stagePromoted {2}stage 1 by hand: we know it {2}by /);
    expect(logs.stdout).toMatch(/ {2}search {2}stageLowered {2}back to stage 1 \(10 %\): too early {2}by /);
    const history = await place.run('flags', 'history', 'new-search');
    expect(history.stdout).toMatch(/ {2}local\/new-search {2}flagPut {2}on for 0 %: begin {2}by /);
    expect(history.stdout).toMatch(/flagRestored {2}on for 0 % as before, by run \w{26}; it had tripped: all is red/);
  });

  it('stops by the table alone, lets runs go again once that is lifted', { timeout: 90_000 }, async () => {
    const halted = await place.run('start', 'search.yaml', '--watch');
    expect(halted.code).toBe(8);
    expect(halted.stdout).toContain('to lift it: slipway stop --lift --environment local');
    expect(await percent()).toBe(0);
    expect((await place.run('stop', '--lift', '-m', 'mended')).stdout).toContain('local is free again');

    const id = await start();
    await expect.poll(percent, { timeout: 30_000 }).toBe(10);
    const away = ['--url', 'http://127.0.0.1:1', '--token-file', join(dev.dataDir, 'token'), '--environment', 'local'];
    const lost = await place.run('stop', '--emergency', '--yes', '-m', 'all is down', ...away);
    expect(lost.code).toBe(1);
    expect(lost.stderr).toContain('--table slipway-local');
    const byTable = ['--table', 'slipway-local', '--dynamodb', dev.dynamodb];
    const stopped = await place.run('stop', '--emergency', '--yes', '-m', 'all is down', ...away, ...byTable);
    expect(stopped.code, stopped.stderr).toBe(0);
    expect(stopped.stdout).toContain('reconcile starts them');
    expect(await percent()).toBe(0);
    expect(await status(id)).toMatchObject({ direction: 'back' });
    expect((await place.run('rollback', id, '-m', 'now', '--watch')).code).toBe(0);
    const lifted = await place.run('stop', '--lift', '-m', 'mended', '--environment', 'local', ...byTable);
    expect(lifted.stdout, lifted.stderr).toContain('local is free again');
  });

  it('ends with 5 where a guardrail trips, and is on the old side', { timeout: 90_000 }, async () => {
    const stop = send({ off: 100, on: 900 });
    try {
      const run = await place.run('start', 'search.yaml', '--watch', '--timeout', '60s');
      expect(run.code, run.stderr).toBe(5);
      expect(run.stdout).toContain('Guardrail latency of search tripped');
      expect(run.stdout).toContain('all on the old side');
    } finally {
      await stop();
    }
    expect(await percent()).toBe(0);
  });
});
