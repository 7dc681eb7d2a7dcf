import { describe, expect, it } from 'vitest';
import type { PlanInput } from '../../shared/plan/plan.ts';
import { DataTables } from './data-tables.ts';
import { Plane } from './plane.ts';

const plan = (name = 'one', over: object = {}): PlanInput => ({
  slipway: 1,
  name: 'steps',
  target: 'test/steps',
  onFailure: 'stop',
  phases: [{ name: 'only', components: [{ name, kind: 'task', run: './tasks.ts#step', items: ['a', 'b'], ...over }] }],
});
const held = (name = 'one') => plan(name, { input: { holdAt: 'a' } });

describe('a second run on a locked target', () => {
  it('is told who holds it and since when, and leaves nothing behind', async () => {
    const plane = await Plane.start();
    const first = await plane.startRun(held());
    const { locks } = await plane.until(first, ({ status }) => status === 'running');
    const refused = await plane.refused('start-run', plane.source(plan()));
    const since = new Date(locks[0]?.since ?? 0).toISOString();
    expect(refused).toMatchObject({ status: 409, code: 'LOCKED' });
    expect(refused.detail).toBe(`target:test/steps is held by run ${first} since ${since}`);
    expect((await plane.call('list-runs', {})).runs.map(({ id }) => id)).toEqual([first]);
    await plane.put('go');
    await plane.ended(first);
  });

  it('waits for its turn where it asks to', async () => {
    const plane = await Plane.start();
    const first = await plane.startRun(held());
    await plane.until(first, ({ status }) => status === 'running');
    const second = await plane.startRun(plan('two'), { queue: true });
    const waiting = await plane.until(second, ({ waitingFor }) => waitingFor !== undefined);
    expect(waiting).toMatchObject({ status: 'queued', waitingFor: { resource: 'target:test/steps', holder: first } });
    await plane.put('go');
    expect((await plane.ended(second)).status).toBe('succeeded');
    expect(await plane.ledger()).toEqual(['forward one a', 'forward one b', 'forward two a', 'forward two b']);
  });
});

describe('an idempotency key', () => {
  it('names one run, however often it is sent', async () => {
    const plane = await Plane.start();
    const options = { ...plane.source(held()), idempotencyKey: 'order-66' };
    const first = await plane.call('start-run', options);
    const runId = first.dryRun ? '' : first.run.id;
    await plane.until(runId, ({ status }) => status === 'running');
    const again = await plane.call('start-run', options);
    expect(again).toMatchObject({ created: false, run: { id: runId } });
    await plane.put('go');
    await plane.ended(runId);
    expect(await plane.call('start-run', options)).toMatchObject({ created: false, run: { id: runId, status: 'succeeded' } });
    expect((await plane.call('list-runs', {})).runs).toHaveLength(1);
  });
});

describe('a plan with problems', () => {
  it('is refused with all of them at once, by line and column and with the nearest name', async () => {
    const plane = await Plane.start();
    const text = [
      'slipway: 1',
      'name: steps',
      'target: test/steps',
      'phases:',
      '  - name: only',
      '    components:',
      '      - { name: one, kind: task, run: ./tasks.ts#stepp }',
      '      - { name: two, kind: tusk, run: ./nowhere.ts#step }',
      '    colour: red',
    ].join('\n');
    const source = { plan: { text, file: 'plan.yaml' }, baseDir: plane.baseDir };
    const refused = await plane.refused('start-run', source);
    expect(refused).toMatchObject({ status: 422, code: 'PLAN_INVALID' });
    expect(refused.problems?.map(({ code, line, suggestion }) => [code, line, suggestion])).toEqual(
      expect.arrayContaining([
        ['UNKNOWN_FUNCTION', 7, './tasks.ts#step'],
        ['UNKNOWN_KIND', 8, 'task'],
        ['UNKNOWN_KEY', 9, undefined],
      ]),
    );
    expect((await plane.call('list-runs', {})).runs).toEqual([]);
    expect(await plane.call('validate-plan', source)).toMatchObject({ valid: false, problems: refused.problems });
  });

  it('names tables that do not exist, and the nearest that does', async () => {
    const plane = await Plane.start();
    await new DataTables(plane).create('nowhere-old', 'id');
    const component = {
      kind: 'batch',
      from: { table: 'nowhere-odl' },
      to: { table: 'there' },
      transform: { run: './tasks.ts#reshape' },
    };
    const phases = [{ name: 'only', components: [{ name: 'one', ...component }] }] as PlanInput['phases'];
    const refused = await plane.refused('start-run', plane.source({ ...plan(), phases }));
    expect(refused.problems?.map(({ code, path, suggestion }) => [code, path.at(-2), suggestion])).toEqual([
      ['UNKNOWN_TABLE', 'from', 'nowhere-old'],
      ['UNKNOWN_TABLE', 'to', undefined],
    ]);
  });
});

describe('a plan that changed since its run began', () => {
  const broken = plan('one', { input: { failAt: 'b' }, retry: { attempts: 0 } });
  const changed = plan('one', { input: { failAt: 'c' }, retry: { attempts: 0 } });

  async function failed() {
    const plane = await Plane.start();
    await plane.put('broken');
    const runId = await plane.startRun(broken);
    await plane.ended(runId);
    return { plane, runId };
  }

  it('is refused with the difference, and taken where that is accepted', async () => {
    const { plane, runId } = await failed();
    const refused = await plane.refused('retry-run', { runId, ...plane.source(changed) });
    expect(refused).toMatchObject({ status: 409, code: 'PLAN_CHANGED' });
    expect(refused.diff?.changes).toMatchObject([{ change: 'changed', before: 'b', after: 'c' }]);
    await plane.call('retry-run', { runId, ...plane.source(changed), acceptPlanChange: true });
    expect((await plane.ended(runId)).status).toBe('succeeded');
  });

  it('goes on without a word where it says the same', async () => {
    const { plane, runId } = await failed();
    await plane.remove('broken');
    await plane.call('retry-run', { runId, ...plane.source(broken) });
    expect((await plane.ended(runId)).status).toBe('succeeded');
  });

  it('is refused for good where the run could not take it over', async () => {
    const { plane, runId } = await failed();
    const other = {
      ...changed,
      target: 'test/elsewhere',
      phases: [...changed.phases, { ...plan('two').phases[0], name: 'more' }],
    };
    const refused = await plane.refused('retry-run', { runId, ...plane.source(other as PlanInput), acceptPlanChange: true });
    expect(refused.diff?.forbidden.map(({ subject }) => subject)).toEqual(['target', 'components', 'tables']);
  });
});
