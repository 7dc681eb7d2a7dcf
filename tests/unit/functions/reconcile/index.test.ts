import { describe, expect, it } from 'vitest';
import { create } from '../../../../functions/reconcile/index.ts';
import { alarmsKey, runKey } from '../../../../shared/run/keys.ts';
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
});
