import { describe, expect } from 'vitest';
import type { PlanInput } from '../../shared/plan/plan.ts';
import { type Bed, type Component, scenarioOn } from './bed.ts';

function plansOn(bed: Bed) {
  const plan = (component: Component, after: readonly Component[] = []): PlanInput => ({
    slipway: 1,
    name: 'kinds',
    target: bed.target('kinds'),
    onFailure: 'stop',
    phases: [
      { name: 'first', components: [component] },
      ...(after.length === 0 ? [] : [{ name: 'second', after: ['first'], components: [...after] }]),
    ],
  });

  const task: Component = { name: 'then', kind: 'task', run: bed.code('step'), items: ['a'] };
  const approval = (over: object = {}) =>
    plan({ name: 'ask', kind: 'approval', prompt: 'May we?', ...over } as Component, [task]);

  const check = (limit: number) => ({
    type: 'function' as const,
    name: 'figure',
    run: bed.code('answer'),
    is: '<=' as const,
    limit,
  });
  return { plan, task, approval, check };
}

/** Approvals, waits and checks, on any control plane. */
export function kindScenarios(bed: Bed): void {
  const { plan, task, approval, check } = plansOn(bed);
  const scenario = scenarioOn(bed);

  describe('an approval', () => {
    scenario('waits for a person and goes on when it is approved', async () => {
      const plane = await bed.start();
      const runId = await plane.startRun(approval());
      const waiting = await plane.until(runId, ({ status }) => status === 'awaiting-approval');
      expect(waiting.next).toBe(`slipway approve ${runId} ask`);
      expect(waiting.components[0]?.approval).toMatchObject({ prompt: 'May we?', onExpiry: 'reject' });
      const decided = await plane.call('decide-approval', { runId, component: 'ask', decision: 'approve' });
      expect(decided).toMatchObject({ component: 'ask', decision: 'approve' });
      expect((await plane.ended(runId)).status).toBe('succeeded');
      expect(await plane.ledger()).toEqual(['forward then a']);
    });

    scenario('fails when it is rejected, and asks again when the run is retried', async () => {
      const plane = await bed.start();
      const runId = await plane.startRun(approval());
      await plane.until(runId, ({ status }) => status === 'awaiting-approval');
      await plane.call('decide-approval', { runId, component: 'ask', decision: 'reject', reason: 'not today' });
      const rejected = await plane.ended(runId);
      expect(rejected.status).toBe('failed');
      expect(rejected.components[0]?.failure).toMatchObject({ code: 'REJECTED', message: expect.stringContaining('not today') });
      expect(await plane.ledger()).toEqual([]);

      await plane.call('retry-run', { runId });
      await plane.until(runId, ({ status }) => status === 'awaiting-approval');
      await plane.call('decide-approval', { runId, component: 'ask', decision: 'approve' });
      expect((await plane.ended(runId)).status).toBe('succeeded');
    });

    for (const [onExpiry, status, ledger] of [
      ['reject', 'failed', []],
      ['approve', 'succeeded', ['forward then a']],
    ] as const) {
      scenario(`applies the default ${onExpiry} when nobody answers`, async () => {
        const plane = await bed.start();
        const run = await plane.ended(await plane.startRun(approval({ expires: '200ms', onExpiry })));
        expect(run.status).toBe(status);
        expect(run.components[0]?.approval?.decision).toMatchObject({ approved: onExpiry === 'approve', expired: true });
        expect(await plane.ledger()).toEqual(ledger);
      });
    }

    scenario('is refused where nobody asked, and where another decision counts', async () => {
      const plane = await bed.start();
      const runId = await plane.startRun(approval());
      await plane.until(runId, ({ status }) => status === 'awaiting-approval');
      const nobody = await plane.refused('decide-approval', { runId, component: 'then', decision: 'approve' });
      expect(nobody).toMatchObject({ status: 404, code: 'COMPONENT_NOT_FOUND' });
      await plane.call('decide-approval', { runId, component: 'ask', decision: 'approve' });
      const late = await plane.refused('decide-approval', { runId, component: 'ask', decision: 'reject' });
      expect(late.detail).toContain('approved by');
      await plane.ended(runId);
    });
  });

  describe('a wait', () => {
    scenario('ends when its time has come, fixed when it began', async () => {
      const plane = await bed.start();
      const run = await plane.ended(await plane.startRun(plan({ name: 'settle', kind: 'wait', for: '1s' })));
      const [wait] = run.components;
      expect(run.status).toBe('succeeded');
      expect((wait?.endedAt ?? 0) - (wait?.startedAt ?? 0)).toBeGreaterThanOrEqual(1000);
      expect(wait?.waitsUntil).toBe((wait?.startedAt ?? 0) + 1000);
    });
  });

  describe('checks', () => {
    scenario('let a run go on where they pass, and are stored', async () => {
      const plane = await bed.start();
      await plane.put('figure.txt', '3');
      const checks: Component = { name: 'look', kind: 'validate', checks: [check(3)] };
      const run = await plane.ended(await plane.startRun(plan(checks, [task])));
      expect(run.status).toBe('succeeded');
      expect(run.checks).toMatchObject([{ scope: 'look', name: 'figure', outcome: 'pass', value: 3, limit: 3, sample: 10 }]);
    });

    scenario('stop a run where they fail, and are repeated by a retry', async () => {
      const plane = await bed.start();
      await plane.put('figure.txt', '4');
      const checks: Component = { name: 'look', kind: 'validate', checks: [check(3)] };
      const runId = await plane.startRun(plan(checks, [task]));
      const failed = await plane.ended(runId);
      expect(failed.status).toBe('failed');
      expect(failed.components[0]?.failure).toMatchObject({
        code: 'CHECKS_FAILED',
        message: expect.stringContaining('figure: fail'),
      });
      await plane.put('figure.txt', '2');
      await plane.call('retry-run', { runId });
      expect((await plane.ended(runId)).status).toBe('succeeded');
    });

    scenario('are carried out when a person asks, on a sample, and kept under the run', async () => {
      const plane = await bed.start();
      await plane.put('figure.txt', '3');
      const phases: PlanInput['phases'] = [
        { name: 'first', components: [{ name: 'look', kind: 'validate', checks: [check(5)] }], validate: [check(3)] },
        { name: 'second', after: ['first'], components: [task] },
      ];
      const runId = await plane.startRun({ ...plan(task), phases });
      expect((await plane.ended(runId)).status).toBe('succeeded');

      await plane.put('figure.txt', '4');
      const asked = await plane.call('start-validation', { runId, phase: 'first', sampleSize: 20 });
      expect(asked).toMatchObject({ runId, phase: 'first', sampleSize: 20, outcome: 'fail' });
      expect(asked.results).toMatchObject([
        { scope: 'phase:first', name: 'figure', outcome: 'fail', value: 4, limit: 3 },
        { scope: 'look', name: 'figure', outcome: 'pass', value: 4, limit: 5 },
      ]);
      expect(await plane.call('get-validation', { runId, validationId: asked.id })).toEqual(asked);
      await plane.put('figure.txt', '1');
      const later = await plane.call('start-validation', { runId, phase: 'first' });
      expect(later).toMatchObject({ outcome: 'pass', sampleSize: 100 });
      const { validations } = await plane.call('list-validations', { runId });
      expect(validations.map(({ id }) => id)).toEqual([later.id, asked.id]);

      // What the run itself found stays as it was, and who asked is in its timeline.
      expect((await plane.call('get-run', { runId })).checks).toMatchObject([{ value: 3 }, { value: 3 }]);
      const { events } = await plane.call('get-timeline', { runId, limit: 1000 });
      expect(events.filter(({ type }) => type === 'validationAsked')).toMatchObject([
        { item: `ASKED#${asked.id}`, data: { outcome: 'fail', checks: 2, failed: ['figure'] } },
        { item: `ASKED#${later.id}`, data: { outcome: 'pass', failed: [] } },
      ]);

      const refused = async (input: { runId: string; phase: string; sampleSize?: number }) =>
        (await plane.refused('start-validation', input)).code;
      expect(await refused({ runId, phase: 'third' })).toBe('PHASE_NOT_FOUND');
      expect(await refused({ runId, phase: 'second' })).toBe('NO_CHECKS');
      expect(await refused({ runId, phase: 'first', sampleSize: 0 })).toBe('INVALID');
      expect(await refused({ runId: '0'.repeat(26), phase: 'first' })).toBe('RUN_NOT_FOUND');
      const unknown = await plane.refused('get-validation', { runId, validationId: '0'.repeat(26) });
      expect(unknown).toMatchObject({ status: 404, code: 'VALIDATION_NOT_FOUND' });
    });

    scenario('between phases keep the next phase from starting', async () => {
      const plane = await bed.start();
      await plane.put('figure.txt', '4');
      const phases: PlanInput['phases'] = [
        { name: 'first', components: [task], validate: [check(3)] },
        { name: 'second', after: ['first'], components: [{ ...task, name: 'last' }] },
      ];
      const run = await plane.ended(await plane.startRun({ ...plan(task), phases }));
      expect(run.status).toBe('partially-failed');
      expect(run.reason).toContain('Phase first: figure: fail');
      expect(run.components.map(({ status }) => status)).toEqual(['completed', 'pending']);
      expect(run.checks).toMatchObject([{ scope: 'phase:first', outcome: 'fail' }]);
      expect(await plane.ledger()).toEqual(['forward then a']);
    });
  });
}
