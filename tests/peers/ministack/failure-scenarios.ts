import { ListExecutionsCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import type { PlanInput } from '../../../shared/plan/plan.ts';
import type { Bed, Component } from '../../scenarios/bed.ts';
import { DataTables, places } from '../../scenarios/data-tables.ts';
import { callFunction } from './call-function.ts';
import type { PeerPlane } from './peer-plane.ts';

/** What was under way is waited for until it must be dead: that takes its real time. */
const PATIENCE = 120_000;

/** As the schedule calls it, five minutes later. */
const reconcile = (plane: PeerPlane) => callFunction(plane, 'reconcile');

/** Kills the execution of a run as a person would, behind Slipway's back. */
async function stopExecution({ clients: { states }, graph }: PeerPlane, runId: string): Promise<void> {
  const machine = graph.resources.find(({ type, name }) => type === 'aws:sfn/stateMachine:StateMachine' && /-run-/.test(name));
  const { executions = [] } = await states.send(
    new ListExecutionsCommand({ stateMachineArn: String(machine?.outputs['arn']), statusFilter: 'RUNNING' }),
  );
  const executionArn = executions.find(({ name }) => name?.includes(runId))?.executionArn;
  if (executionArn === undefined) throw new Error(`Run ${runId} has no running execution.`);
  await states.send(new StopExecutionCommand({ executionArn, error: 'ByHand', cause: 'to see what happens' }));
}

/** What dies, and what becomes of it. */
export function failureScenarios(bed: Bed, deployed: () => PeerPlane): void {
  const plan = (component: Component, over: Partial<PlanInput> = {}): PlanInput => ({
    slipway: 1,
    name: 'fated',
    target: bed.target('fated'),
    onFailure: 'stop',
    phases: [{ name: 'only', components: [component] }],
    ...over,
  });
  const held: Component = {
    name: 'one',
    kind: 'task',
    run: bed.code('step'),
    items: ['a', 'b', 'c'],
    input: { holdAt: 'b' },
    timeout: '10s',
  };

  describe('an execution that was stopped by hand', () => {
    const underWay = async (over: Partial<PlanInput> = {}) => {
      await bed.start();
      const plane = deployed();
      const runId = await plane.startRun(plan(held, over));
      await plane.until(runId, ({ components }) => components[0]?.underWay?.step === 1);
      return { plane, runId };
    };

    it(
      'is told to reconcile by EventBridge; its run rests, and goes on when it is retried',
      async () => {
        const { plane, runId } = await underWay();
        await stopExecution(plane, runId);
        const resting = await plane.ended(runId);
        expect(resting).toMatchObject({ status: 'failed', canResume: true });
        expect(resting.reason).toContain('ended without ending the run (ByHand)');
        await plane.put('go');
        await plane.call('retry-run', { runId });
        expect(await plane.ended(runId)).toMatchObject({ status: 'succeeded', locks: [] });
      },
      PATIENCE,
    );

    it(
      'is taken back where the plan says so',
      async () => {
        const { plane, runId } = await underWay({ onFailure: 'rollback' });
        await stopExecution(plane, runId);
        await plane.put('go');
        expect(await plane.ended(runId)).toMatchObject({ status: 'rolled-back', locks: [] });
        expect((await plane.ledger()).filter((line) => line.startsWith('undo')).at(-1)).toBe('undo one a');
      },
      PATIENCE,
    );
  });

  describe('a peer that is killed and started again with its state kept', () => {
    it(
      'leaves a task that is resumed without repeating the steps before',
      async () => {
        await bed.start();
        const plane = deployed();
        const runId = await plane.startRun(plan(held));
        await plane.until(runId, ({ components }) => components[0]?.underWay?.step === 1);
        await plane.crash();
        expect(await reconcile(plane)).toMatchObject({ rested: [runId] });
        const resting = await plane.ended(runId);
        expect(resting).toMatchObject({ status: 'failed', canResume: true });
        await plane.put('go');
        await plane.call('retry-run', { runId });
        expect(await plane.ended(runId)).toMatchObject({ status: 'succeeded', locks: [] });
        expect(await plane.ledger()).toEqual(['forward one a', 'forward one b', 'forward one c']);
      },
      PATIENCE,
    );

    it(
      'leaves a migration that is finished, with the same result',
      async () => {
        await bed.start();
        const plane = deployed();
        const tables = new DataTables(plane);
        await tables.create('places-old', 'id');
        await tables.create('places-new', 'country', 'id');
        await tables.fill('places-old', places(2000));
        const places2000: Component = {
          name: 'places',
          kind: 'batch',
          from: { table: 'places-old' },
          to: { table: 'places-new' },
          transform: { run: bed.code('reshape') },
          segments: 2,
          checkpoint: { records: 100, every: '1s' },
          interval: '500ms',
        };
        const runId = await plane.startRun(plan(places2000));
        const cut = await plane.until(runId, ({ totals }) => totals.records.read > 0);
        await plane.crash();
        expect(cut.totals.records.read).toBeLessThan(2000);
        expect(await reconcile(plane)).toMatchObject({ rested: [runId] });
        await plane.call('retry-run', { runId });
        const run = await plane.ended(runId);
        expect(run).toMatchObject({ status: 'succeeded', locks: [] });
        expect(run.totals.verification).toEqual({ compared: 2000, mismatches: 0 });
        expect(await tables.all('places-new')).toHaveLength(2000);
      },
      PATIENCE,
    );
  });
}
