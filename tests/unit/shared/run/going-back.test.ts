import { describe, expect, it } from 'vitest';
import { keptBy, rollbackCommand } from '../../../../shared/run/going-back.ts';
import { decideRun, type RunCommand } from '../../../../shared/run/run-decisions.ts';
import type { BackTo, RunState, RunStatus } from '../../../../shared/run/run-state.ts';
import { present, runState } from './run-bed.ts';

const CONTEXT = { now: 5000, actor: 'ada' };
const TO: BackTo = { component: 'two', keeps: ['one'], flags: { f: 'one' } };
const GO = { type: 'go-back', reason: 'two was wrong', backTo: TO, joins: true } as const;

const decided = (run: RunState, command: RunCommand) => decideRun(run, command, CONTEXT);
const applied = (run: RunState, command: RunCommand): RunState => {
  const decision = decided(run, command);
  if ('refused' in decision) throw new Error(decision.refused);
  const next: Record<string, unknown> = { ...run, ...decision.change.set, rev: run.rev + 1 };
  for (const name of decision.change.remove ?? []) delete next[name];
  return next as unknown as RunState;
};
const under = (facts: Partial<RunState> = {}) => runState('rolling-back', { backTo: TO, before: 'succeeded', ...facts });
/** A run of which `two` is back for good. */
const ended = () =>
  applied(under({ backEpoch: 3, reason: 'two was wrong' }), {
    ...{ type: 'rest', status: 'rolled-back', reason: 'two was wrong' },
    ...{ succeeded: ['one'], rolledBack: ['two'] },
  });

describe('taking back one component', () => {
  it.each<RunStatus>(['succeeded', 'paused', 'failed', 'partially-failed', 'stopped'])('begins where the run is %s', (status) => {
    const run = applied(runState(status), GO);
    expect(run).toMatchObject({ status: 'rolling-back', direction: 'back', epoch: 4, before: status, backTo: TO });
    expect(keptBy(run)).toEqual(['one']);
    expect(rollbackCommand(run)).toBe('slipway rollback r1 --component two -m REASON');
  });

  it.each<RunStatus>(['queued', 'running', 'pausing', 'awaiting-approval'])(
    'is refused where the run is %s: nobody knows what will be complete',
    (status) => {
      expect(decided(runState(status), GO)).toEqual({
        refused: `r1 is ${status}: one component is taken back only of a run that rests`,
        next: 'slipway pause r1, then again; or all of it: slipway rollback r1 -m REASON',
      });
    },
  );

  it('tells in its event how far it goes', () => {
    const decision = decided(runState('succeeded'), GO);
    expect('event' in decision && decision.event.data).toMatchObject({ backTo: 'two', keeps: ['one'], direction: 'back' });
  });

  it('joins a rollback of the same component or of all, and no other', () => {
    const other = { ...GO, backTo: { ...TO, component: 'three' } };
    expect(decided(under(), GO)).toHaveProperty('refused', 'r1 is rolling-back and cannot be turned back twice');
    expect(decided(under(), other)).toEqual({ refused: 'r1 goes back to two at this moment', next: 'slipway watch r1' });
    expect(decided(runState('rolling-back'), GO)).toHaveProperty('refused', 'r1 is rolling-back and cannot be turned back twice');
  });

  it('begins anew, as far as before, where it failed or its execution died', () => {
    const failed = runState('rollback-failed', { backTo: TO });
    expect(applied(failed, GO)).toMatchObject({ status: 'rolling-back', backTo: TO });
    expect(applied(under(), { type: 'go-back', reason: 'died', backTo: TO })).toMatchObject({ epoch: 4, backTo: TO });
    expect(decided(failed, { ...GO, backTo: { ...TO, component: 'one' } })).toEqual({
      refused: 'The rollback of r1 has failed and must end first',
      next: 'slipway rollback r1 --component two -m REASON',
    });
    expect(decided(runState('rollback-failed'), GO)).toHaveProperty('next', 'slipway rollback r1 -m REASON');
  });

  it('that is refused leaves the run as it was, also where another component is back', () => {
    const refuse = { type: 'refuse-back', reason: 'held since', next: 'n' } as const;
    const first = applied(applied(runState('succeeded'), GO), refuse);
    expect(first).toMatchObject({ status: 'succeeded' });
    expect(first).not.toHaveProperty('backTo');
    const again = applied(ended(), { ...GO, backTo: { component: 'one', keeps: ['zero'], flags: {} } });
    expect(again).not.toHaveProperty('backEpoch');
    const second = applied(again, refuse);
    expect(second).toMatchObject({ status: 'rolled-back', succeeded: ['one'], rolledBack: ['two'] });
    expect(keptBy(second)).toEqual(['one']);
  });
});

describe('what was taken back in part', () => {
  it('can be taken back further, until nothing stays', () => {
    expect(keptBy(ended())).toEqual(['one']);
    const whole = applied(ended(), { type: 'go-back', reason: 'all', joins: true });
    expect(whole).toMatchObject({ status: 'rolling-back', before: 'rolled-back' });
    expect(whole).not.toHaveProperty('backTo');
    const over = applied(whole, { type: 'rest', status: 'rolled-back', reason: 'all', rolledBack: ['one', 'two'] });
    expect(keptBy(over)).toEqual([]);
    expect(decided(over, GO)).toEqual({ refused: 'r1 is rolled back already', next: 'slipway status r1' });
  });

  it('goes back as a whole when a person says so meanwhile, or an emergency stop', () => {
    expect(applied(under(), { type: 'go-back', reason: 'all', joins: true })).toMatchObject({ epoch: 4, reason: 'all' });
    expect(applied(under(), { type: 'go-back', reason: 'all', joins: true })).not.toHaveProperty('backTo');
    const stopped = applied(under(), { type: 'go-back', reason: 'fire', code: 'EMERGENCY_STOP', joins: true });
    expect(stopped).toMatchObject({ epoch: 4, turnedBy: 'EMERGENCY_STOP' });
    expect(stopped).not.toHaveProperty('backTo');
  });

  it.each([
    ['that is under way', under],
    ['that has failed', () => runState('rollback-failed', { backTo: TO })],
    ['that has ended', ended],
  ])('by a rollback %s goes back as a whole when a guardrail of what stays trips, and no other', (_, run) => {
    const trip = { type: 'go-back', reason: 'errors', code: 'GUARDRAIL_TRIPPED', joins: true } as const;
    const whole = applied(run(), { ...trip, component: 'one' });
    expect(whole).toMatchObject({ status: 'rolling-back', turnedBy: 'GUARDRAIL_TRIPPED' });
    expect(whole).not.toHaveProperty('backTo');
    expect(decided(run(), { ...trip, component: 'two' })).toHaveProperty('refused');
    expect(decided(whole, { ...trip, component: 'one' })).toHaveProperty('refused');
  });

  it('says nothing of who turned it before', () => {
    const refused = runState('succeeded', { direction: 'back', turnedBy: 'GUARDRAIL_TRIPPED', endedAt: 1 });
    expect(present(applied(refused, GO))).not.toHaveProperty('turnedBy');
  });
});
