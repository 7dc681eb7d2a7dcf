import type { JournalDeps } from '../run/journal.ts';
import { changeWork, settleWork, type Work } from '../run/work-access.ts';

/** Tells other systems that a table now holds what a batch made of it, or what it held before (`back`). Comes after it is verified. */
export async function tellResourceUpdated(
  deps: JournalDeps,
  work: Work,
  table: string,
  what: { readonly records: number; readonly back: boolean },
): Promise<Work> {
  const data = { resource: `table:${table}`, ...what };
  const told = await changeWork(deps, work, { type: 'resourceUpdated', data }, {});
  await settleWork(deps, told);
  return told;
}
