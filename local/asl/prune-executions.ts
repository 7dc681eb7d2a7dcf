import { type ExecutionRecord, keys, readExecution } from './records.ts';
import type { ExecutionStore } from './store/execution-store.ts';

/**
 * Removes executions that ended before `before` (epoch ms), with their histories: how many. One that began after the oldest of those
 * under way stays, since that one may still ask how it ended. The record goes last, so that a crash leaves it to the next time.
 */
export async function pruneExecutions(store: ExecutionStore, before: number): Promise<number> {
  const limit = Math.min(before, await oldestOpen(store));
  let pruned = 0;
  for await (const [key, value] of store.list(keys.executions)) {
    const record = readExecution(value, key);
    if (record.status === 'RUNNING' || (record.stoppedAt ?? Number.POSITIVE_INFINITY) >= limit) continue;
    const name = nameOf(key);
    await store.clear(keys.events(name));
    await store.clear(keys.working(name));
    await store.commit([{ remove: keys.open(name) }, { remove: key }]);
    pruned += 1;
  }
  return pruned;
}

async function oldestOpen(store: ExecutionStore): Promise<number> {
  let oldest = Number.POSITIVE_INFINITY;
  for await (const [open] of store.list(keys.allOpen)) {
    const key = keys.execution(nameOf(open));
    const found = await store.get(key);
    const record: ExecutionRecord | undefined = found === undefined ? undefined : readExecution(found, key);
    if (record?.status === 'RUNNING') oldest = Math.min(oldest, record.startedAt);
  }
  return oldest;
}

function nameOf(key: string) {
  const [, machine = '', name = ''] = key.split('!');
  return { machine, name };
}
