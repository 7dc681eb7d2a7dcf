import type { Item, Key, Store } from '../ports/store.ts';
import { readAll } from '../run/read-all.ts';
import { readSchedule, type ScheduleState } from './schedule-state.ts';

/** The most schedules of one environment. */
const MOST = 5000;

/** Every schedule, or every one of an environment, by its name; consistent for each that the index knows. */
export async function listSchedules(store: Store, environment?: string): Promise<readonly ScheduleState[]> {
  const keys: Key[] = [];
  const prefix = environment === undefined ? '' : `${environment}#`;
  let cursor: string | undefined;
  do {
    const page = await store.listIndex('listing', 'schedule', { prefix, ...(cursor === undefined ? {} : { cursor }) });
    keys.push(...page.items.map(({ pk, sk }) => ({ pk, sk })));
    cursor = page.cursor;
  } while (cursor !== undefined && keys.length < MOST);
  const items = await readAll(store, keys);
  return items
    .filter((item): item is Item => item !== undefined)
    .map(readSchedule)
    .filter(({ status }) => status !== 'deleted');
}
