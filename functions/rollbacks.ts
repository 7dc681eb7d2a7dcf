import { listAll } from '../shared/run/list-all.ts';
import { type RollbackRecord, rollbackOf } from '../shared/run/rollback-record.ts';
import { type RunState, storedEvent } from '../shared/run/run-state.ts';
import type { Deps } from './deps.ts';

/** How runs that are turned back were; one query each. */
export async function readRollbacks(deps: Deps, runs: readonly RunState[]): Promise<RollbackRecord[]> {
  const records = await Promise.all(
    runs.map(async (run) => {
      const events = (await listAll(deps.store, `RUN#${run.id}`, 'EVENT#RUN#')).map((item) => storedEvent.parse(item));
      // The last one rides in its item until the next.
      return rollbackOf(run, run.lastEvent ? [...events.filter(({ rev }) => rev !== run.lastEvent?.rev), run.lastEvent] : events);
    }),
  );
  return records.filter((record) => record !== undefined);
}
