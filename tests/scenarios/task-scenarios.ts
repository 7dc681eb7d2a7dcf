import { describe, expect } from 'vitest';
import type { PlanInput } from '../../shared/plan/plan.ts';
import { GATE_AGE_MS } from '../../shared/run/gate.ts';
import { type Bed, type Component, scenarioOn } from './bed.ts';

const planOn =
  (bed: Bed) =>
  (over: Partial<PlanInput> = {}, input: object | null = null): PlanInput => ({
    slipway: 1,
    name: 'steps',
    target: bed.target('steps'),
    phases: [
      { name: 'first', components: [{ name: 'one', kind: 'task', run: bed.code('step'), items: ['a', 'b'] }] },
      {
        name: 'second',
        after: ['first'],
        components: [
          { name: 'two', kind: 'task', run: bed.code('step'), items: ['c', 'd'], input: input as never, retry: { attempts: 0 } },
        ],
      },
    ],
    ...over,
  });

/** Plans of tasks, on any control plane. */
export function taskScenarios(bed: Bed): void {
  const plan = planOn(bed);
  const scenario = scenarioOn(bed);

  describe('a plan of tasks', () => {
    scenario('runs phase by phase and frees its locks', async () => {
      const plane = await bed.start();
      const run = await plane.ended(await plane.startRun(plan()));
      expect(run.status).toBe('succeeded');
      expect(run.components.map(({ name, status, steps }) => [name, status, steps?.done])).toEqual([
        ['one', 'completed', 2],
        ['two', 'completed', 2],
      ]);
      expect(run.locks).toEqual([]);
      expect(await plane.ledger()).toEqual(['forward one a', 'forward one b', 'forward two c', 'forward two d']);
    });

    scenario('takes completed components back in reverse when a later one fails', async () => {
      const plane = await bed.start();
      await plane.put('broken');
      const run = await plane.ended(await plane.startRun(plan({}, { failAt: 'd' })));
      expect(run.status).toBe('rolled-back');
      expect(run.reason).toContain('step d of two is broken');
      expect(run.components.map(({ status }) => status)).toEqual(['undone', 'undone']);
      expect(run.locks).toEqual([]);
      expect(await plane.ledger()).toEqual([
        'forward one a',
        'forward one b',
        'forward two c',
        // Whether the failed step took effect is not known: an idempotent one is undone.
        'undo two d',
        'undo two c',
        'undo one b',
        'undo one a',
      ]);
    });

    scenario('stops where the plan says so, and goes on where it stopped when it is retried', async () => {
      const plane = await bed.start();
      await plane.put('broken');
      const runId = await plane.startRun(plan({ onFailure: 'stop' }, { failAt: 'd' }));
      const stopped = await plane.ended(runId);
      expect(stopped).toMatchObject({ status: 'partially-failed', canResume: true, succeeded: ['one'], failed: ['two'] });
      expect(stopped.locks.map(({ resource, holder }) => [resource, holder])).toEqual([[`target:${stopped.target}`, runId]]);
      expect(stopped.next).toContain(`slipway retry ${runId}`);

      await plane.remove('broken');
      await plane.call('retry-run', { runId });
      const done = await plane.ended(runId);
      expect(done.status).toBe('succeeded');
      expect(done.epoch).toBe(2);
      expect(await plane.ledger()).toEqual(['forward one a', 'forward one b', 'forward two c', 'forward two d']);
    });

    scenario('pauses once the steps under way have ended, and resumes with the next', async () => {
      const plane = await bed.start();
      const items = ['c', 'd', 'e', 'f'];
      const task: Component = {
        name: 'two',
        kind: 'task',
        run: bed.code('step'),
        items,
        input: { holdAt: 'c' },
      };
      const runId = await plane.startRun(plan({ phases: [{ name: 'only', components: [task] }] }));
      await plane.until(runId, ({ components }) => components[0]?.underWay !== undefined);
      expect((await plane.call('pause-run', { runId })).run.status).toBe('pausing');
      const wished = performance.now();
      await plane.until(runId, () => performance.now() - wished > GATE_AGE_MS);
      await plane.put('go');
      expect((await plane.ended(runId)).status).toBe('paused');
      // A step whose intent was being written when the wish came may have followed; no other.
      expect((await plane.ledger()).length).toBeLessThanOrEqual(2);

      await plane.call('resume-run', { runId });
      expect((await plane.ended(runId)).status).toBe('succeeded');
      expect(await plane.ledger()).toEqual(items.map((item) => `forward two ${item}`));
    });

    scenario('fails what goes without a checkpoint for too long, and goes on where a retry finds it mended', async () => {
      const plane = await bed.start();
      const task: Component = {
        name: 'two',
        kind: 'task',
        run: bed.code('step'),
        items: ['c'],
        input: { holdAt: 'c' },
        timeout: '500ms',
        timeouts: { migrate: '1200ms' },
        retry: { attempts: 10, maxDelays: ['50ms'], circuit: { failures: 100 } },
      };
      const runId = await plane.startRun(plan({ onFailure: 'stop', phases: [{ name: 'only', components: [task] }] }));
      const stopped = await plane.ended(runId);
      expect(stopped).toMatchObject({ status: 'failed', canResume: true, components: [{ failure: { code: 'TIMED_OUT' } }] });
      expect(stopped.reason).toMatch(
        /^two: Step 0 of two reached no checkpoint within 1\.2s \(timeouts\.migrate\), in \d attempts?\b/,
      );
      expect(await plane.ledger()).toEqual([]);

      await plane.put('go');
      await plane.call('retry-run', { runId });
      expect((await plane.ended(runId)).status).toBe('succeeded');
      expect(await plane.ledger()).toEqual(['forward two c']);
    });

    scenario('goes back when a person asks for it, also after it has succeeded', async () => {
      const plane = await bed.start();
      const runId = await plane.startRun(plan());
      expect(await plane.ended(runId)).toMatchObject({ status: 'succeeded' });
      await plane.call('rollback-run', { runId, reason: 'changed our minds' });
      const back = await plane.ended(runId);
      expect(back).toMatchObject({ status: 'rolled-back', reason: 'changed our minds' });
      expect((await plane.ledger()).slice(4)).toEqual(['undo two d', 'undo two c', 'undo one b', 'undo one a']);
      expect(await plane.refused('rollback-run', { runId, reason: 'again' })).toMatchObject({ status: 409, code: 'RUN_STATE' });
    });

    scenario('takes back one component with what came after it, then the rest', async () => {
      const plane = await bed.start();
      const task = (name: string, item: string, input: object | null = null): Component => ({
        ...{ name, kind: 'task', run: bed.code('step'), items: [item], input: input as never },
      });
      const phases: PlanInput['phases'] = [
        { name: 'first', components: [task('one', 'a')] },
        { name: 'second', after: ['first'], components: [task('two', 'b', { holdUndo: 'b' }), task('beside', 'c')] },
        { name: 'third', after: ['second'], components: [task('three', 'd')] },
        { name: 'other', after: ['first'], components: [task('four', 'e')] },
      ];
      const runId = await plane.startRun(plan({ phases }));
      expect(await plane.ended(runId)).toMatchObject({ status: 'succeeded' });
      const reason = 'two was wrong';
      expect(await plane.refused('rollback-run', { runId, component: 'nobody', reason })).toMatchObject({
        ...{ status: 404, code: 'COMPONENT_NOT_FOUND' },
      });
      const back = { joined: false, goesBack: ['two', 'three'], keeps: ['one', 'beside', 'four'] };
      expect(await plane.call('rollback-run', { runId, component: 'two', reason })).toMatchObject({ ...back, run: { epoch: 2 } });
      await plane.until(runId, ({ components }) => components.some(({ underWay }) => underWay?.back));
      expect(await plane.call('rollback-run', { runId, component: 'two', reason })).toMatchObject({
        ...{ joined: true, keeps: back.keeps, run: { epoch: 2 } },
      });
      expect(await plane.refused('rollback-run', { runId, component: 'four', reason })).toMatchObject({
        ...{ status: 409, code: 'RUN_STATE', next: `slipway watch ${runId}` },
      });
      await plane.put('back');
      const part = await plane.ended(runId);
      expect(part).toMatchObject({
        ...{ status: 'rolled-back', reason, locks: [], succeeded: ['one', 'beside', 'four'], rolledBack: ['two', 'three'] },
        backTo: { component: 'two', keeps: ['one', 'beside', 'four'] },
      });
      expect(Object.fromEntries(part.components.map(({ name, status }) => [name, status]))).toEqual({
        ...{ one: 'completed', two: 'undone', beside: 'completed', three: 'undone', four: 'completed' },
      });
      expect((await plane.ledger()).slice(5)).toEqual(['undo three d', 'undo two b']);
      const { rollbacks } = await plane.call('list-rollbacks', { target: part.target, component: 'three' });
      expect(rollbacks).toMatchObject([
        { runId, component: 'two', kept: ['one', 'beside', 'four'], rolledBack: ['two', 'three'] },
      ]);
      expect((await plane.call('list-rollbacks', { target: part.target, component: 'one' })).rollbacks).toEqual([]);
      const again = await plane.refused('rollback-run', { runId, component: 'two', reason });
      expect(again).toMatchObject({ status: 409, code: 'RUN_STATE', next: `slipway status ${runId}` });

      expect(await plane.call('rollback-run', { runId, reason: 'all of it' })).toMatchObject({
        joined: false,
        run: { epoch: 3 },
      });
      const whole = await plane.ended(runId);
      expect(whole).toMatchObject({ status: 'rolled-back', reason: 'all of it', locks: [] });
      expect([whole.succeeded, whole.backTo]).toEqual([undefined, undefined]);
      expect((await plane.ledger()).slice(7).sort()).toEqual(['undo beside c', 'undo four e', 'undo one a']);
      expect(await plane.refused('rollback-run', { runId, component: 'four', reason })).toMatchObject({
        status: 409,
        code: 'RUN_STATE',
      });
    });

    scenario('lets a second rollback join the one that is under way', async () => {
      const plane = await bed.start();
      const runId = await plane.startRun(plan({}, { holdUndo: 'd' }));
      expect(await plane.ended(runId)).toMatchObject({ status: 'succeeded' });
      expect(await plane.call('rollback-run', { runId, reason: 'first' })).toMatchObject({ joined: false, run: { epoch: 2 } });
      await plane.until(runId, ({ components }) => components[1]?.underWay?.back === true);
      expect(await plane.call('rollback-run', { runId, reason: 'second' })).toMatchObject({ joined: true, run: { epoch: 2 } });
      expect(await plane.refused('pause-run', { runId })).toMatchObject({ status: 409, code: 'RUN_STATE' });
      expect(await plane.refused('retry-run', { runId })).toMatchObject({ status: 409, code: 'RUN_STATE' });
      await plane.put('back');
      expect(await plane.ended(runId)).toMatchObject({ status: 'rolled-back', reason: 'first' });
      expect((await plane.ledger()).filter((line) => line.startsWith('undo'))).toHaveLength(4);
    });

    scenario('names a component that could not be taken back, takes the others back, and keeps its locks', async () => {
      const plane = await bed.start();
      const phases: PlanInput['phases'] = [
        { name: 'first', components: [{ name: 'one', kind: 'task', run: bed.code('step'), items: ['a'] }] },
        {
          name: 'second',
          after: ['first'],
          components: [{ name: 'two', kind: 'task', run: bed.code('sticky'), retry: { attempts: 0 } }],
        },
      ];
      await plane.put('broken');
      const runId = await plane.startRun(plan({ phases }));
      await plane.ended(runId);
      await plane.call('rollback-run', { runId, reason: 'as it was' });
      const stuck = await plane.ended(runId);
      expect(stuck).toMatchObject({ status: 'rollback-failed', failed: ['two'], reason: 'Not undone: two' });
      expect(stuck.components.map(({ status }) => status)).toEqual(['undone', 'undo-failed']);
      expect(stuck.locks).toHaveLength(1);
      expect(stuck.next).toContain(`slipway rollback ${runId}`);

      await plane.remove('broken');
      await plane.call('rollback-run', { runId, reason: 'mended' });
      expect(await plane.ended(runId)).toMatchObject({ status: 'rolled-back', locks: [] });
      expect(await plane.ledger()).toEqual(['forward one a', 'forward sticky', 'undo one a', 'undo sticky']);
    });

    scenario('hands the output of a component with one step to later ones', async () => {
      const plane = await bed.start();
      const phases: PlanInput['phases'] = [
        { name: 'first', components: [{ name: 'one', kind: 'task', run: bed.code('step'), items: ['a'] }] },
        { name: 'second', after: ['first'], components: [{ name: 'two', kind: 'task', run: bed.code('reader') }] },
      ];
      const run = await plane.ended(await plane.startRun(plan({ phases })));
      expect(run.status).toBe('succeeded');
      expect((await plane.ledger()).at(-1)).toBe('outputs {"one":{"made":"a"}}');
    });

    scenario('keeps a timeline whose chains of hashes are whole', async () => {
      const plane = await bed.start();
      const runId = await plane.startRun(plan());
      await plane.ended(runId);
      const first = await plane.call('get-timeline', { runId, limit: 5 });
      const rest = await plane.call('get-timeline', { runId, cursor: first.cursor });
      const events = [...first.events, ...rest.events];
      expect(first).toMatchObject({ more: true, broken: [] });
      expect(rest.more).toBe(false);
      expect(events.map(({ type }) => type)).toContain('checkpointCreated');
      expect(events.at(0)?.type).toBe('runCreated');
      expect(events.at(-1)).toMatchObject({ type: 'statusChanged', data: { to: 'succeeded' } });
      expect(new Set(events.map(({ item, rev }) => `${item}/${rev}`)).size).toBe(events.length);
    });
  });
}
