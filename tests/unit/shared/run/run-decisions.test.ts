import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideRun, type RunCommand } from '../../../../shared/run/run-decisions.ts';
import { executionName } from '../../../../shared/run/run-moves.ts';
import { ACTIVE, type RunState, type RunStatus, runStatus } from '../../../../shared/run/run-state.ts';
import { present, runState } from './run-bed.ts';

const CONTEXT = { now: 5000, actor: 'ada' };
const ALL = runStatus.options;

const COMMANDS: Readonly<Record<string, RunCommand>> = {
  admit: { type: 'admit', fences: { a: 1 } },
  wait: { type: 'wait', on: { resource: 'a', holder: 'r0', since: 1 } },
  'await-approval': { type: 'await-approval', component: 'one' },
  'approval-decided': { type: 'approval-decided', component: 'one' },
  pause: { type: 'pause' },
  'rest paused': { type: 'rest', status: 'paused', reason: 'asked' },
  'rest succeeded': { type: 'rest', status: 'succeeded', reason: 'done' },
  'go-on': { type: 'go-on', reason: 'mended' },
  'take-back': { type: 'take-back' },
  'refuse-back': { type: 'refuse-back', reason: 'held since', next: 'slipway rollback r9' },
  'go-back': { type: 'go-back', reason: 'bad' },
};

/** Where a command leads from each status in which it is heeded; in all others it is refused. */
const LEADS: Readonly<Record<string, Partial<Record<RunStatus, RunStatus>>>> = {
  admit: { queued: 'running', running: 'running', pausing: 'pausing' },
  wait: { queued: 'queued', running: 'running', pausing: 'pausing' },
  'await-approval': { running: 'awaiting-approval', 'awaiting-approval': 'awaiting-approval' },
  'approval-decided': { 'awaiting-approval': 'running' },
  pause: { queued: 'pausing', running: 'pausing', 'awaiting-approval': 'pausing' },
  'rest paused': Object.fromEntries([...ACTIVE].map((status) => [status, 'paused'])),
  'rest succeeded': Object.fromEntries([...ACTIVE].map((status) => [status, 'succeeded'])),
  'go-on': {
    queued: 'queued',
    running: 'queued',
    pausing: 'queued',
    paused: 'queued',
    'awaiting-approval': 'queued',
    failed: 'queued',
    'partially-failed': 'queued',
    stopped: 'queued',
  },
  'take-back': { 'rolling-back': 'rolling-back' },
  'refuse-back': { 'rolling-back': 'rollback-failed' },
  'go-back': Object.fromEntries(ALL.filter((status) => status !== 'rolled-back').map((status) => [status, 'rolling-back'])),
};

const applied = (run: RunState, command: RunCommand): RunState | undefined => {
  const decision = decideRun(run, command, CONTEXT);
  if ('refused' in decision) return undefined;
  const next: Record<string, unknown> = { ...run, ...decision.change.set, rev: run.rev + 1 };
  for (const name of decision.change.remove ?? []) delete next[name];
  return next as unknown as RunState;
};

describe.each(Object.entries(COMMANDS))('the command %s', (name, command) => {
  it.each(ALL)('on a run that is %s', (status) => {
    const lead = LEADS[name]?.[status];
    const decision = decideRun(runState(status), command, CONTEXT);
    if (lead === undefined) return expect(decision).toMatchObject({ refused: expect.stringContaining('r1') });
    expect(decision).toMatchObject({
      event: { actor: 'ada', data: { from: status, to: lead } },
      change: { set: { status: lead, updatedAt: 5000 } },
    });
  });

  it('touches no attribute twice, and lists a run as open exactly while it is active', () => {
    for (const status of ALL) {
      const decision = decideRun(runState(status, { waitingFor: { resource: 'x', holder: 'y', since: 0 } }), command, CONTEXT);
      if ('refused' in decision) continue;
      const { set = {}, remove = [] } = decision.change;
      expect(remove.filter((attribute) => attribute in set)).toEqual([]);
      expect(new Set(remove).size).toBe(remove.length);
      expect('open' in set).toBe(ACTIVE.has(set['status'] as RunStatus));
      expect(remove.includes('open')).toBe(!ACTIVE.has(set['status'] as RunStatus));
    }
  });
});

describe('any row of commands', () => {
  it('never lets the epoch fall nor the direction turn forward', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ALL.filter((status) => runState(status).direction === 'forward')),
        fc.array(fc.constantFrom(...Object.values(COMMANDS)), { maxLength: 30 }),
        (status, commands) => {
          let run = runState(status);
          for (const command of commands) {
            const next = applied(run, command) ?? run;
            expect(next.epoch).toBeGreaterThanOrEqual(run.epoch);
            if (run.direction === 'back') expect(next.direction).toBe('back');
            expect(next.execution).toBe(executionName(run.id, next.epoch));
            run = next;
          }
        },
      ),
    );
  });

  it('leads out of rolled-back nowhere', () => {
    for (const command of Object.values(COMMANDS)) expect(applied(runState('rolled-back'), command)).toBeUndefined();
  });
});

describe('taking a run over', () => {
  it('going on raises the epoch and stops the execution before', () => {
    expect(
      applied(runState('failed', { fences: { a: 1 }, canResume: true, reason: 'x', failed: ['one'] }), {
        type: 'go-on',
        reason: 'y',
        digest: 'd2',
        stands: { 'one/0': true },
      }),
    ).toMatchObject({
      status: 'running',
      epoch: 4,
      machine: 'run',
      execution: 'r1-4',
      executions: ['r1-1', 'r1-2', 'r1-3'],
      plan: { name: 'cities', digest: 'd2' },
      stands: { 'one/0': true },
    });
  });

  it('going on forgets how the run rested', () => {
    const rested = runState('failed', { canResume: true, reason: 'x', failed: ['one'], succeeded: [], next: 'n', endedAt: 1 });
    const next = applied(rested, { type: 'go-on', reason: 'y' });
    for (const gone of ['canResume', 'reason', 'failed', 'succeeded', 'next', 'endedAt']) expect(next).not.toHaveProperty(gone);
  });

  it('going back says why, from where, and forgets an earlier word', () => {
    expect(applied(runState('paused', { stands: { 'one/0': true } }), { type: 'go-back', reason: 'bad' })).toMatchObject({
      direction: 'back',
      before: 'paused',
      reason: 'bad',
      epoch: 4,
      machine: 'rollback',
      executions: ['r1-1', 'r1-2', 'r1-3'],
      stands: {},
    });
  });

  it('going back again keeps the status from before the first time', () => {
    expect(applied(runState('rollback-failed', { before: 'paused' }), { type: 'go-back', reason: 'again' })?.before).toBe(
      'paused',
    );
  });

  it('a run that turns itself back is not stopped', () => {
    expect(applied(runState('running'), { type: 'go-back', reason: 'bad', nested: true })?.executions).toEqual(['r1-1', 'r1-2']);
  });

  it('an emergency stop joins a rollback that is under way, once, and says how it ends', () => {
    const stop = { type: 'go-back', reason: 'Emergency stop: fire', code: 'EMERGENCY_STOP', joins: true } as const;
    const stopped = present(applied(runState('rolling-back', { direction: 'back', reason: 'bad' }), stop));
    expect(stopped).toMatchObject({
      status: 'rolling-back',
      epoch: 3,
      reason: 'Emergency stop: fire',
      turnedBy: 'EMERGENCY_STOP',
    });
    expect(applied(stopped, stop)).toBeUndefined();
    const ended = applied(stopped, { type: 'rest', status: 'rolled-back', reason: stopped.reason ?? '', rolledBack: ['one'] });
    expect(ended).toMatchObject({ status: 'failed', rolledBack: ['one'] });
    for (const command of Object.values(COMMANDS)) expect(applied(present(ended), command)).toBeUndefined();
  });

  it('going back ends waiting for a lock', () => {
    const waiting = runState('queued', { waitingFor: { resource: 'a', holder: 'r0', since: 1 } });
    expect(applied(waiting, { type: 'go-back', reason: 'never mind' })).not.toHaveProperty('waitingFor');
  });
});

describe('refusing to go back', () => {
  it('leaves a run that had ended as it was', () => {
    const run = runState('rolling-back', { before: 'succeeded' });
    expect(applied(run, COMMANDS['refuse-back'] as RunCommand)).toMatchObject({
      status: 'succeeded',
      next: 'slipway rollback r9',
      endedAt: 5000,
    });
  });

  it('rests a run that was under way, since nobody works on it any more', () => {
    const run = runState('rolling-back', { before: 'running' });
    expect(applied(run, COMMANDS['refuse-back'] as RunCommand)?.status).toBe('rollback-failed');
  });

  it('is impossible once the rollback has had every lock', () => {
    const run = applied(runState('rolling-back', { before: 'succeeded' }), { type: 'take-back' });
    expect(run?.backEpoch).toBe(3);
    expect(applied(run as RunState, COMMANDS['refuse-back'] as RunCommand)).toBeUndefined();
  });
});

describe('resting', () => {
  it('says what it was told, and no more of what was said before', () => {
    const before = runState('rolling-back', { succeeded: ['one'], failed: ['two'], notUndone: ['x'], next: 'slipway retry r1' });
    const rested = applied(before, { type: 'rest', status: 'rolled-back', reason: 'Rolled back', notUndone: ['two: step 0'] });
    expect(rested).toMatchObject({ reason: 'Rolled back', notUndone: ['two: step 0'], endedAt: 5000 });
    for (const gone of ['succeeded', 'failed', 'next', 'canResume']) expect(rested).not.toHaveProperty(gone);
  });
});

describe('what a refusal says', () => {
  it.each<[RunCommand, RunStatus, Partial<RunState>, string, string]>([
    [{ type: 'pause' }, 'rolling-back', {}, 'r1 is going back and cannot be paused', 'slipway watch r1'],
    [{ type: 'pause' }, 'rolled-back', {}, 'r1 is rolled-back and cannot pause', 'slipway status r1'],
    [{ type: 'pause' }, 'pausing', {}, 'r1 is pausing already', 'slipway resume r1'],
    [{ type: 'pause' }, 'paused', { direction: 'back', next: 'n' }, 'r1 is paused and cannot pause', 'n'],
    [
      { type: 'go-on', reason: '' },
      'rolled-back',
      {},
      'r1 has turned back; going forward again is a new run',
      'slipway start FILE',
    ],
    [{ type: 'go-on', reason: '' }, 'succeeded', {}, 'r1 is succeeded and cannot go on', 'slipway status r1'],
    [{ type: 'go-back', reason: '' }, 'rolled-back', {}, 'r1 is rolled back already', 'slipway status r1'],
    [
      { type: 'approval-decided', component: 'c' },
      'failed',
      { next: 'slipway retry r1' },
      'r1 is failed and cannot go on after an approval',
      'slipway retry r1',
    ],
  ])('%o on %s', (command, status, facts, refused, next) => {
    expect(decideRun(runState(status, facts), command, CONTEXT)).toEqual({ refused, next });
  });

  it('a run waits for the same holder once only', () => {
    const run = runState('queued', { waitingFor: { resource: 'a', holder: 'r0', since: 1 } });
    expect(decideRun(run, COMMANDS['wait'] as RunCommand, CONTEXT)).toEqual({ refused: 'r1 waits for r0 already' });
    expect(applied(run, { type: 'wait', on: { resource: 'a', holder: 'r2', since: 3 } })?.waitingFor?.holder).toBe('r2');
  });
});
