import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../../adapters/memory/virtual-clock.ts';
import { create } from '../../../../functions/reconcile/index.ts';
import { SchedulerError } from '../../../../shared/errors/schedule-errors.ts';
import { alarmsKey, runKey } from '../../../../shared/run/keys.ts';
import { rotationKey } from '../../../../shared/secrets/rotation/rotation-state.ts';
import { ListedTimers, put } from '../../shared/schedules/schedule-bed.ts';
import { memoryDeps } from '../memory-deps.ts';

const context = { getRemainingTimeInMillis: () => 60_000 } as never;

describe('the function reconcile', () => {
  it('removes the alarms of runs that are over, also where another run cannot be reconciled', async () => {
    const removed: string[] = [];
    const alarms = {
      put: async () => {},
      read: async () => [],
      remove: async (names: readonly string[]) => void removed.push(...names),
    };
    const deps = memoryDeps({ alarms });
    const broken = { open: 'run', openSort: 'broken', id: 'broken', schemaVersion: 99 };
    await deps.store.write({ name: 'test.put', key: runKey('broken'), set: broken, when: [] });
    const kept = { runId: 'gone', environment: 'test', flag: 'f', names: ['a'], rollbackWindow: 0 };
    const open = { open: 'alarms', openSort: 'gone#search' };
    await deps.store.write({ name: 'test.put', key: alarmsKey('gone', 'search'), set: { ...kept, ...open }, when: [] });
    await expect(create(deps)({}, context)).rejects.toThrow();
    expect(removed).toEqual(['a']);
  });

  it('makes timers of schedules that have none, also where a run cannot be reconciled', async () => {
    const scheduler = new ListedTimers();
    const deps = memoryDeps({ scheduler });
    const unkept = new ListedTimers();
    unkept.put = () => Promise.reject(new SchedulerError('Scheduler is throttled.'));
    await expect(put({ ...deps, scheduler: unkept })).rejects.toThrow('throttled');
    const broken = { open: 'run', openSort: 'broken', id: 'broken', schemaVersion: 99 };
    await deps.store.write({ name: 'test.put', key: runKey('broken'), set: broken, when: [] });
    await expect(create(deps)({}, context)).rejects.toThrow();
    expect([...scheduler.timers.keys()]).toEqual(['test/hourly']);
  });

  it('has the old credential of a secret waited for again, also where a run cannot be reconciled', async () => {
    const started: (readonly [machine: string, input: unknown])[] = [];
    const workflow = {
      arnOf: (machine: string, name: string) => `${machine}:${name}`,
      describe: async () => undefined,
      start: async (machine: string, _name: string, input: unknown) => {
        started.push([machine, input]);
        return { arn: machine };
      },
    };
    const deps = memoryDeps({ workflow: workflow as never, clock: new VirtualClock(60_000) });
    const broken = { open: 'run', openSort: 'broken', id: 'broken', schemaVersion: 99 };
    await deps.store.write({ name: 'test.put', key: runKey('broken'), set: broken, when: [] });
    const window = { token: 't1', old: 't0', status: 'open', since: 0, revokeAt: 900_000 };
    const rotation = { secretId: 'db', rev: 1, window, open: 'rotation', openSort: 'db', schemaVersion: 1 };
    await deps.store.write({ name: 'test.put', key: rotationKey('db'), set: rotation, when: [] });
    await expect(create(deps)({}, context)).rejects.toThrow();
    expect(started).toEqual([['revoke', { secretId: 'db', token: 't1', since: 0 }]]);
  });
});
