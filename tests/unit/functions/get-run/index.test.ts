import { describe, expect, it } from 'vitest';
import { create } from '../../../../functions/get-run/index.ts';
import { storePlan } from '../../../../functions/plans.ts';
import { parsePlanObject } from '../../../../shared/plan/parse-plan.ts';
import type { Page, Store } from '../../../../shared/ports/store.ts';
import { queueKey, runKey, segmentKey, validationKey } from '../../../../shared/run/keys.ts';
import { runBed } from '../../shared/run/run-bed.ts';
import { ask } from '../api-bed.ts';
import { countingStore } from '../counting-store.ts';
import { memoryDeps } from '../memory-deps.ts';

const task = (name: string) => ({ name, kind: 'task', run: './t.ts#x', items: ['a'] });
const COPY = { name: 'copy', kind: 'batch', from: { table: 'cities' }, to: { table: 'places' }, transform: { run: './t.ts#x' } };
const CHECK = { name: 'rows', type: 'data', from: 'cities', to: 'places' };
const RESULT = { name: 'rows', type: 'data', value: 0, limit: 0, is: '<=', sample: 3, outcome: 'pass', detail: '' };

/** An admitted run of these components, whose reads are counted. */
async function bed(components: readonly { name: string; kind: string }[] = [task('one')], phase: object = {}) {
  const run = runBed();
  const base = memoryDeps(run.deps);
  const parsed = parsePlanObject({
    slipway: 1,
    name: 'cities',
    target: 'staging/cities',
    phases: [{ name: 'only', components, ...phase }],
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  await storePlan(base.artefacts, parsed.plan, parsed.digest);
  const admitted = await run.admitted({
    plan: { name: 'cities', digest: parsed.digest },
    resources: ['target:staging/cities'],
    components: components.map(({ name, kind }) => ({ name, kind, phase: 'only' })),
  });
  const { store, calls } = countingStore(base.store);
  const look = async (more: Partial<Parameters<typeof ask>[2]> = {}) => {
    calls.length = 0;
    return ask(create, { ...base, store }, { path: { runId: admitted.id }, ...more });
  };
  return { ...run, base, id: admitted.id, state: admitted, calls, look, through: (other: Store) => ({ ...base, store: other }) };
}

describe('get-run', () => {
  it('reads all of a small run at once, whoever has looked at it before', async () => {
    const { look, calls, open, state } = await bed();
    await open(state, 'one', { startedAt: 1 });
    const first = (await look()).body;
    expect(calls).toEqual(['readMany', 'readMany']);
    expect((await look()).body).toEqual(first);
    expect(calls).toEqual(['readMany']);
    expect(first).toMatchObject({
      status: 'running',
      components: [{ name: 'one', status: 'prepared' }],
      locks: [{ resource: 'target:staging/cities', holder: state.id, fence: 1 }],
    });
  });

  it('shows what has changed beside the run, and looks anew where the run itself has', async () => {
    const { look, calls, open, state, put, id } = await bed();
    await look();
    await open(state, 'one', { startedAt: 1 });
    expect((await look()).body.components).toMatchObject([{ status: 'prepared' }]);
    expect(calls).toEqual(['readMany']);
    await put(runKey(id), { status: 'succeeded', rev: state.rev + 1, endedAt: 5 });
    expect((await look()).body).toMatchObject({ status: 'succeeded', resting: false });
    expect(calls).toEqual(['readMany', 'readMany']);
  });

  it('never shows a component as it was before the run came to its end', async () => {
    const { look, base, open, state, put, id, through } = await bed();
    const work = await open(state, 'one');
    await look();
    // The end is written between the reads of one request: the component is read first.
    const store: Store = new Proxy(base.store, {
      get: (target, name: keyof Store) => {
        if (name !== 'readMany') return target[name].bind(target);
        return async (keys: Parameters<Store['readMany']>[0]) => {
          const before = await target.readMany(keys);
          await put(work.key, { status: 'completed' });
          await put(runKey(id), { status: 'succeeded', rev: state.rev + 1, endedAt: 5 });
          return Promise.all(keys.map((key, at) => (key.sk === 'RUN' ? target.read(key) : before[at])));
        };
      },
    });
    const answer = await ask(create, through(store), { path: { runId: id } });
    expect(answer.body).toMatchObject({ status: 'succeeded', components: [{ status: 'completed' }] });
  });

  it('reads every segment of a large run, page by page', async () => {
    const { base, open, state, put, id, through } = await bed([COPY]);
    await open(state, 'copy', { kind: 'batch', segments: 700 });
    for (let segment = 0; segment < 700; segment += 1) {
      await put(segmentKey(id, 'copy', segment), { epoch: 1, rev: 1, status: segment < 699 ? 'worked' : 'working' });
    }
    const pages: Page[] = [];
    const store: Store = new Proxy(base.store, {
      get: (target, name: keyof Store) => {
        if (name !== 'list') return target[name].bind(target);
        return async (pk: string, options: object) => {
          const page = await target.list(pk, { ...options, limit: 300 });
          pages.push(page);
          return page;
        };
      },
    });
    const { body } = await ask(create, through(store), { path: { runId: id } });
    expect(body.components).toMatchObject([{ batch: { segments: 700, segmentsDone: 699 } }]);
    expect(pages.map(({ items }) => items.length)).toEqual([300, 300, 100]);
  });

  it('lists the components of a wide run, of which each key would take a read of its own', async () => {
    const names = Array.from({ length: 30 }, (_, at) => `c${at}`);
    const { look, calls, open, state } = await bed(names.map(task));
    await look();
    for (const name of names.slice(0, 20)) await open(state, name);
    const { body } = await look();
    expect(calls.toSorted()).toEqual(['list', 'readMany']);
    expect(body.components.map(({ status }: { status: string }) => status)).toEqual([
      ...Array.from({ length: 20 }, () => 'prepared'),
      ...Array.from({ length: 10 }, () => 'pending'),
    ]);
  });

  it('shows what checks have found, where the plan has any', async () => {
    const { look, put, id, calls } = await bed([task('one')], { validate: [CHECK] });
    await put(validationKey(id, 'phase:only', 'rows'), { epoch: 1, rev: 1, scope: 'phase:only', at: 7, result: RESULT });
    expect((await look()).body.checks).toEqual([{ ...RESULT, scope: 'phase:only', at: 7 }]);
    await look();
    expect(calls.toSorted()).toEqual(['list', 'readMany']);
  });

  it('tells the turn of a run that waits for it', async () => {
    const { start, put, id, look } = await bed();
    const place = { epoch: 1, environment: 'staging', actor: 'ada', priority: 0, semaphores: [], at: 1 };
    await put(queueKey, { [`run:${id}`]: place });
    await put(runKey(id), { status: 'queued', queued: true, rev: 50 });
    expect((await look()).body.turn).toMatchObject({ position: 1, waiting: 1 });
    expect((await start()).id).not.toBe(id);
  });

  it('answers 404 where there is no such run, none any more, or none in sight, and reads once for whoever may look', async () => {
    const { look, put, id, calls } = await bed();
    expect((await look({ path: { runId: '0'.repeat(26) } })).status).toBe(404);
    expect((await look({ roles: ['production:viewer'] })).status).toBe(404);
    expect((await look({ roles: ['staging:viewer'] })).status).toBe(200);
    await look({ roles: ['staging:viewer'] });
    expect(calls).toEqual(['readMany']);
    await put(runKey(id), { expiredAt: 9, rev: 60 });
    expect((await look()).status).toBe(404);
  });
});
