import type { JournalDeps } from './journal.ts';
import { commit } from './journal.ts';
import { componentKey, segmentKey } from './keys.ts';
import type { RunDeps, RunWriter } from './run-access.ts';
import type { RunState } from './run-state.ts';
import { readWork } from './work-state.ts';
import { seizeItem } from './writes.ts';

/**
 * After RUN and the locks: every planned component and its segments, those that never started included, so that no
 * writer of an earlier epoch can write again. A forward status is never overwritten.
 */
export async function seizeItems(deps: JournalDeps, run: RunState, writer: RunWriter): Promise<void> {
  for (const { name } of run.components) {
    const seized = await commit(deps, seizeItem(componentKey(run.id, name), writer.epoch, run.direction));
    const item = seized.applied ? seized.item : seized.current;
    const segments = item ? (readWork(item).segments ?? 0) : 0;
    await Promise.all(
      Array.from({ length: segments }, (_, segment) =>
        commit(deps, seizeItem(segmentKey(run.id, name, segment), writer.epoch, run.direction)),
      ),
    );
  }
}

/** Last: what still runs for earlier epochs is stopped; an execution that waits for this one is not on the list. */
export async function stopOldExecutions(deps: RunDeps, run: RunState): Promise<void> {
  for (const name of run.executions) {
    for (const machine of ['run', 'rollback']) {
      const execution = await deps.workflow.describe(deps.workflow.arnOf(machine, name));
      if (execution?.status !== 'RUNNING') continue;
      await deps.workflow.stop(execution.arn, {
        error: 'Slipway.TakenOver',
        cause: `Epoch ${run.epoch} of ${run.id} has taken over.`,
      });
    }
  }
}
