import { describe, expect, it } from 'vitest';
import { MemoryTables } from '../../../../adapters/memory/tables.ts';
import { SupersededError } from '../../../../shared/errors/run-errors.ts';
import { goBack } from '../../../../shared/run/command-run.ts';
import { componentKey, lockKey, runKey } from '../../../../shared/run/keys.ts';
import { raiseNumbers } from '../../../../shared/run/raise-numbers.ts';
import { reconcile } from '../../../../shared/run/reconcile.ts';
import { restoreItems } from '../../../../shared/run/restore-items.ts';
import { seizeRun } from '../../../../shared/run/roll-back.ts';
import { changeWork, loadWork } from '../../../../shared/run/work-access.ts';
import { runBed, writerOf } from './run-bed.ts';

const clock = { now: () => 0, sleep: async () => {} };
const lock = (name: string, fence: number) => ({ pk: `LOCK#${name}`, sk: 'LOCK', fence });
const tablesOf = (from: readonly ReturnType<typeof lock>[], to: readonly ReturnType<typeof lock>[]) => {
  const tables = new MemoryTables();
  tables.create('backup', ['pk', 'sk'], from);
  tables.create('control', ['pk', 'sk'], to);
  return tables;
};
const restore = (tables: MemoryTables, more: { replace?: boolean; to?: string } = {}) =>
  restoreItems({ tables, clock }, { from: 'backup', to: 'control', by: 100, replace: false, ...more }, () => {});
const recordsOf = async (tables: MemoryTables) =>
  (await tables.scan('control', { segment: 0, segments: 1, limit: 1000 })).records.toSorted((a, b) =>
    String(a['pk']) < String(b['pk']) ? -1 : 1,
  );

describe('restoreItems', () => {
  it('copies every item with its numbers raised, and the same again when it is begun again', async () => {
    const tables = tablesOf([lock('a', 1), lock('b', 2)], [lock('a', 9)]);
    expect(await restore(tables)).toEqual({ copied: 2, removed: 0 });
    expect(await restore(tables)).toEqual({ copied: 2, removed: 0 });
    expect(await recordsOf(tables)).toEqual([lock('a', 101), lock('b', 102)]);
  });

  it('refuses items that the backup does not know, and removes them where that was said', async () => {
    const tables = tablesOf([lock('a', 1)], [lock('a', 1), lock('later', 1)]);
    await expect(restore(tables)).rejects.toThrow('LOCK#later');
    expect(await recordsOf(tables)).toEqual([lock('a', 1), lock('later', 1)]);
    expect(await restore(tables, { replace: true })).toEqual({ copied: 1, removed: 1 });
    expect(await recordsOf(tables)).toEqual([lock('a', 101)]);
  });

  it('refuses a table as its own backup', async () => {
    await expect(restore(tablesOf([], []), { to: 'backup' })).rejects.toThrow('from itself');
  });
});

describe('a run after a restore', () => {
  it('refuses whoever spoke for it after the backup was made, and is taken back by reconcile', async () => {
    const bed = runBed();
    const run = await bed.admitted();
    await bed.open(run, 'one');
    const keys = [runKey(run.id), componentKey(run.id, 'one'), ...run.resources.map(lockKey)];
    const backup = await Promise.all(keys.map((key) => bed.item(key)));
    const later = await goBack(bed.deps, run.id, { actor: 'ada', reason: 'after the backup' });
    await seizeRun(bed.deps, writerOf(later.run));
    const zombie = await loadWork(bed.deps, writerOf(later.run), componentKey(run.id, 'one'));
    for (const item of backup) {
      const { pk, sk, ...attributes } = raiseNumbers(item, 1000);
      await bed.put({ pk: String(pk), sk: String(sk) }, attributes);
    }
    if (!zombie) throw new Error('the component is gone');
    const write = changeWork(bed.deps, zombie, { type: 'stepUndone', data: { step: 0 } }, { set: { cursor: 0 } });
    await expect(write).rejects.toBeInstanceOf(SupersededError);
    bed.workflow.end(await bed.run(run.id), 'ABORTED');
    expect((await reconcile(bed.deps)).takenBack).toEqual([run.id]);
    const back = await bed.run(run.id);
    expect(back.epoch).toBe(1002);
    expect(await seizeRun(bed.deps, writerOf(back))).toEqual({ outcome: 'seized' });
  });
});
