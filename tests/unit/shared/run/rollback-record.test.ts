import { describe, expect, it } from 'vitest';
import { rollbackOf } from '../../../../shared/run/rollback-record.ts';
import type { RunState, StoredEvent } from '../../../../shared/run/run-state.ts';

const run = (over: Partial<RunState> = {}): RunState =>
  ({
    ...{ id: 'r', plan: { name: 'cities', digest: 'd' }, target: 'test/cities', environment: 'test', actor: 'ann' },
    ...{ status: 'rolled-back', direction: 'back', updatedAt: 9000, endedAt: 9000, rolledBack: ['one'] },
    components: [{ name: 'one', kind: 'task', phase: 'only' }],
    ...over,
  }) as RunState;
const turn = (rev: number, at: number, actor: string, data: StoredEvent['data'] = {}): StoredEvent => ({
  type: 'takenOver',
  rev,
  epoch: 2,
  at,
  actor,
  data: { direction: 'back', reason: 'it hurts', ...data },
  prev: '',
  hash: '',
});

describe('rollbackOf', () => {
  it('is none of a run that goes forward', () => {
    expect(rollbackOf(run({ direction: 'forward' }), [])).toBeUndefined();
  });

  it('begins where the run was turned first, and ends with it', () => {
    expect(rollbackOf(run(), [turn(9, 7000, 'slipway'), turn(5, 4000, 'bob')])).toMatchObject({
      ...{ by: 'bob', cause: 'person', reason: 'it hurts', startedAt: 4000, attempts: 2, endedAt: 9000, seconds: 5 },
      ...{ outcome: 'done', rolledBack: ['one'], notUndone: [] },
    });
  });

  it('tells which component went back, and what stays', () => {
    const backTo = { component: 'two', keeps: ['one'], flags: {} };
    expect(rollbackOf(run({ backTo, rolledBack: ['two'] }), [turn(5, 4000, 'bob')])).toMatchObject({
      ...{ component: 'two', kept: ['one'], rolledBack: ['two'] },
    });
    expect(rollbackOf(run(), [turn(5, 4000, 'bob')])).toMatchObject({ kept: [] });
    expect(rollbackOf(run(), [turn(5, 4000, 'bob')])).not.toHaveProperty('component');
  });

  it('begins anew where a part was back for good before', () => {
    const events = [turn(5, 4000, 'ann'), turn(9, 7000, 'bob', { from: 'rolled-back' }), turn(12, 8000, 'slipway')];
    expect(rollbackOf(run(), events)).toMatchObject({ by: 'bob', startedAt: 7000, attempts: 2, seconds: 2 });
  });

  it.each([
    [{}, 'slipway', 'failure'],
    [{ turnedBy: 'GUARDRAIL_TRIPPED' }, 'slipway', 'guardrail'],
    [{ turnedBy: 'EMERGENCY_STOP' }, 'bob', 'emergency-stop'],
    [{}, 'bob', 'person'],
  ] as const)('of %j by %s has the cause %s', (over, actor, cause) => {
    expect(rollbackOf(run(over), [turn(5, 4000, actor)])?.cause).toBe(cause);
  });

  it.each([
    [{ status: 'rolling-back' }, 'under-way'],
    [{ status: 'rolled-back' }, 'done'],
    [{ status: 'failed', rolledBack: [] }, 'done'],
    [{ status: 'rollback-failed', notUndone: ['one: a mail'] }, 'failed'],
    [{ status: 'succeeded', rolledBack: undefined }, 'refused'],
  ] as const)('of %j has the outcome %s', (over, outcome) => {
    const record = rollbackOf(run(over as Partial<RunState>), [turn(5, 4000, 'bob')]);
    expect(record?.outcome).toBe(outcome);
    expect(record?.endedAt === undefined).toBe(outcome === 'under-way');
    expect(record?.notUndone).toEqual((over as { notUndone?: string[] }).notUndone ?? []);
  });
});
