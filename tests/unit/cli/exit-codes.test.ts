import { describe, expect, it } from 'vitest';
import { EXIT, EXIT_MEANINGS, exitCodeOfProblem, exitCodeOfRun } from '../../../cli/exit-codes.ts';
import type { TimelineEvent } from '../../../shared/api/timeline.ts';

const event = (type: string, data: TimelineEvent['data'], actor = 'slipway'): TimelineEvent => ({
  type,
  runId: 'r',
  item: 'RUN',
  rev: 1,
  epoch: 1,
  at: 0,
  actor,
  data,
  prev: '',
  hash: '',
});
const turned = (actor: string) => event('takenOver', { direction: 'back' }, actor);

describe('exit codes', () => {
  it('are ten different numbers from 0 to 9, each with a meaning', () => {
    expect(Object.values(EXIT).sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(Object.keys(EXIT_MEANINGS)).toEqual(Object.keys(EXIT));
  });

  it.each([
    ['succeeded', 0],
    ['failed', 4],
    ['partially-failed', 4],
    ['rollback-failed', 4],
    ['paused', 8],
    ['stopped', 8],
  ] as const)('tell that a run is %s by %i', (status, code) => {
    expect(exitCodeOfRun({ status }, [])).toBe(code);
  });

  it('tell an emergency stop from a failure', () => {
    expect(exitCodeOfRun({ status: 'failed', rolledBack: [] }, [])).toBe(EXIT.cancelled);
  });

  it('tell why a run was rolled back', () => {
    const rolledBack = { status: 'rolled-back' } as const;
    expect(exitCodeOfRun(rolledBack, [turned('kent')])).toBe(EXIT.cancelled);
    expect(exitCodeOfRun(rolledBack, [turned('slipway')])).toBe(EXIT.runFailed);
    expect(exitCodeOfRun(rolledBack, [event('componentFailed', { code: 'X' }), turned('kent')])).toBe(EXIT.runFailed);
    const tripped = event('componentFailed', { code: 'GUARDRAIL_TRIPPED' });
    expect(exitCodeOfRun(rolledBack, [tripped, turned('slipway')])).toBe(EXIT.guardrail);
    const byAlarm = event('takenOver', { code: 'GUARDRAIL_TRIPPED', direction: 'back' });
    expect(exitCodeOfRun(rolledBack, [byAlarm])).toBe(EXIT.guardrail);
  });

  it.each([
    [401, 'UNAUTHENTICATED', 3],
    [403, 'FORBIDDEN', 3],
    [404, 'RUN_NOT_FOUND', 6],
    [422, 'PLAN_INVALID', 2],
    [400, 'MALFORMED', 2],
    [422, 'INVALID', 2],
    [409, 'PLAN_CHANGED', 2],
    [409, 'LOCKED', 1],
    [409, 'RUN_STATE', 1],
    [500, 'UNEXPECTED', 1],
  ])('tell of an answer %i %s by %i', (status, code, exit) => {
    expect(exitCodeOfProblem({ status, code })).toBe(exit);
  });
});
