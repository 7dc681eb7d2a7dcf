import * as z from 'zod';
import type { Alarm, AlarmOwner, Alarms } from '../ports/alarms.ts';
import type { Item, Store } from '../ports/store.ts';
import { commit, type JournalDeps } from '../run/journal.ts';
import { alarmsKey, runKey } from '../run/keys.ts';
import { readRun } from '../run/run-state.ts';

/** The alarms of one rollout, kept in sight until they are removed. */
const kept = z.object({ runId: z.string(), names: z.array(z.string()), rollbackWindow: z.number() });

type Deps = JournalDeps & { readonly alarms: Alarms };

/** Creates the alarms of a rollout. Written down first: what is created is never forgotten. */
export async function keepAlarms(
  deps: Deps,
  of: Omit<AlarmOwner, 'guardrail' | 'flag'>,
  alarms: readonly Alarm[],
  rollbackWindow: number,
): Promise<void> {
  if (alarms.length === 0) return;
  const set = { runId: of.runId, names: alarms.map(({ name }) => name), rollbackWindow, open: 'alarms' };
  const key = alarmsKey(of.runId, of.component);
  await commit(deps, { name: 'alarms.keep', key, set: { ...set, openSort: `${of.runId}#${of.component}` }, when: [] });
  for (const alarm of alarms) await deps.alarms.put(alarm);
}

/**
 * Removes the alarms of rollouts that can no longer be taken back: their run has gone back, or has ended, well or badly, for
 * longer than its `rollbackWindow`. Answers the names. Safe to run at any time.
 */
export async function removeClosedAlarms(deps: Deps): Promise<readonly string[]> {
  const removed: string[] = [];
  for await (const item of open(deps.store)) {
    const { runId, names, rollbackWindow } = kept.parse(item);
    if (!(await closed(deps, runId, rollbackWindow))) continue;
    await deps.alarms.remove(names);
    await commit(deps, { name: 'alarms.forget', key: { pk: item.pk, sk: item.sk }, remove: ['open', 'openSort'], when: [] });
    removed.push(...names);
  }
  return removed;
}

async function closed({ store, clock }: Deps, runId: string, rollbackWindow: number): Promise<boolean> {
  const item = await store.read(runKey(runId));
  if (!item) return true;
  const { status, endedAt } = readRun(item);
  if (status === 'rolled-back') return true;
  return endedAt !== undefined && endedAt + rollbackWindow < clock.now();
}

async function* open(store: Store): AsyncGenerator<Item> {
  let cursor: string | undefined;
  do {
    const page = await store.listIndex('open', 'alarms', cursor === undefined ? {} : { cursor });
    for (const { pk, sk } of page.items) {
      const item = await store.read({ pk, sk });
      if (item?.['open'] === 'alarms') yield item;
    }
    cursor = page.cursor;
  } while (cursor !== undefined);
}
