import { beforeAll, describe, expect, it } from 'vitest';
import type { PlanInput } from '../../shared/plan/plan.ts';
import { CliProcess } from './cli-process.ts';
import { Plane } from './plane.ts';

const plan = (name: string, input: object = {}, over: Partial<PlanInput> = {}): PlanInput => ({
  slipway: 1,
  name,
  target: `local/${name}`,
  onFailure: 'rollback',
  phases: [
    {
      name: 'only',
      components: [
        { name: 'one', kind: 'task', run: './tasks.ts#step', items: ['a', 'b'], input: input as never, retry: { attempts: 0 } },
      ],
    },
  ],
  ...over,
});

describe('what a screen shows', () => {
  let plane: Plane;
  const tidy: (() => Promise<void>)[] = [];
  const ids = { good: '', bad: '', held: '' };
  const slipway = (...words: string[]) => new CliProcess(plane.folder, [...words, '--data-dir', plane.dataDir]).ended;
  const json = async (...words: string[]) => JSON.parse((await slipway('--json', ...words)).stdout);

  beforeAll(async () => {
    plane = await Plane.start({ onEnd: (end) => tidy.push(end) });
    ids.good = await plane.startRun(plan('good'));
    await plane.ended(ids.good);
    await plane.put('broken');
    ids.bad = await plane.startRun(plan('bad', { failAt: 'b' }));
    await plane.ended(ids.bad);
    ids.held = await plane.startRun(plan('held', { holdAt: 'b' }));
    await plane.until(ids.held, ({ components }) => components[0]?.underWay?.step === 1);
    return async () => {
      await plane.put('go');
      await plane.ended(ids.held);
      for (const end of tidy) await end();
    };
  }, 120_000);

  it('is one answer of health, runs, trends, alerts and rollbacks', async () => {
    const seen = await plane.call('get-dashboard', { environment: 'local' });
    expect(seen.health).toMatchObject({ status: 'ok', queue: { waiting: 0 } });
    expect(seen.active.runs).toMatchObject([
      { id: ids.held, status: 'running', phases: [{ name: 'only', done: 0, total: 1 }], components: [{ status: 'working' }] },
    ]);
    expect(seen.trends.map(({ hours }) => hours)).toEqual([1, 24, 168]);
    expect(seen.trends[0]).toMatchObject({ started: 3, succeeded: 1, rolledBack: 1, failed: 0, successRate: 1, whole: true });
    expect(seen.rollbacks).toMatchObject([
      { runId: ids.bad, cause: 'failure', outcome: 'done', by: 'slipway', rolledBack: ['one'] },
    ]);
    expect((await plane.call('get-dashboard', { environment: 'elsewhere' })).active.runs).toEqual([]);
  });

  it('is left out where nothing has changed', async () => {
    const get = (headers: object = {}) =>
      fetch(`${plane.url}/v1/dashboard`, { headers: { authorization: `Bearer ${plane.token}`, ...headers } });
    const etag = (await get()).headers.get('etag') ?? '';
    expect((await get({ 'if-none-match': etag })).status).toBe(304);
  });

  it('is a screen of the command line', async () => {
    const { stdout, code } = await slipway('dashboard');
    expect(code).toBe(0);
    for (const part of ['Health of local: ok', 'Under way: 1', ids.held, '0/1', 'SUCCESS', 'Latest rollbacks', ids.bad])
      expect(stdout).toContain(part);
    expect((await json('dashboard')).active.runs[0].id).toBe(ids.held);
  });

  it('tells again and again until it is left', async () => {
    const watching = new CliProcess(plane.folder, ['dashboard', '--watch', '--json', '--data-dir', plane.dataDir]);
    await watching.says('\n');
    watching.signal('SIGINT');
    const { code, stdout } = await watching.ended;
    expect(code).toBe(0);
    expect(JSON.parse(stdout.split('\n')[0] ?? '').environment).toBe('local');
  });

  it('lists what was taken back, by what is asked', async () => {
    const runs = async (input: Parameters<typeof plane.call<'list-rollbacks'>>[1]) =>
      (await plane.call('list-rollbacks', input)).rollbacks.map(({ runId }) => runId);
    expect(await runs({})).toEqual([ids.bad]);
    expect(await runs({ cause: 'failure', component: 'one', outcome: 'done', plan: 'bad' })).toEqual([ids.bad]);
    for (const none of [{ cause: 'person' }, { component: 'two' }, { plan: 'good' }, { outcome: 'failed' }] as const)
      expect(await runs(none)).toEqual([]);
    const [first] = (await json('rollbacks')).rollbacks;
    expect(first).toMatchObject({ runId: ids.bad, attempts: 1, notUndone: [] });
    expect(first.seconds).toBeGreaterThan(0);
    expect((await slipway('rollbacks')).stdout).toContain('failure');
  });

  it('tells of its health by the exit code', async () => {
    expect(await slipway('health')).toMatchObject({ code: 0, stdout: expect.stringContaining('scheduler  ok') });
  });

  it('reads the metrics that it was sent', async () => {
    const at = Date.now() - 90_000;
    await plane.call('put-metrics', { data: [{ metric: 'Hits', dimensions: { Service: 'search' }, at, values: [2, 3] }] });
    const { figures } = await plane.call('get-metrics', { metric: 'Hits', dimensions: 'Service=search', statistic: 'Sum' });
    expect(figures.map(({ value }) => value)).toEqual([5]);
    const read = await json('metrics', 'Hits', '--dimensions', 'Service=search', '--statistic', 'p50', '--since', '10m');
    expect(read.figures.map(({ value }: { value: number }) => value)).toHaveLength(1);
    expect((await slipway('metrics', 'Hits')).stdout).toContain('no such figures');
    const { status } = await plane.send('get-metrics', { metric: 'Hits', from: 0, to: 4e12, periodSeconds: 1 });
    expect(status).toBe(422);
  });
});
