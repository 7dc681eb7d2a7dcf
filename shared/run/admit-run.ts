import { SupersededError } from '../errors/run-errors.ts';
import { ownFlags } from './flag-access.ts';
import { haltKey } from './keys.ts';
import { acquireLocks, keepLocks, releaseLocks } from './locks.ts';
import { changeRun, loadRun, type RunDeps, type RunWriter } from './run-access.ts';
import { hasEnded } from './run-state.ts';
import { seizeItems, stopOldExecutions } from './take-over.ts';

export type Admission =
  | { readonly outcome: 'admitted' }
  | { readonly outcome: 'waiting'; readonly resource: string; readonly holder: string }
  | { readonly outcome: 'halted' | 'superseded' };

/** Takes the run's locks and writes their fences; a later epoch of a run going forward takes its items over too. */
export async function admitRun(deps: RunDeps, writer: RunWriter): Promise<Admission> {
  const { run } = await loadRun(deps, writer.runId);
  const halt = await deps.store.read(haltKey(run.environment));
  if (halt?.['active'] === true) return { outcome: 'halted' };
  const acquired = run.fences
    ? await keepLocks(deps, writer, run.resources, run.fences)
    : await acquireLocks(deps, writer, run.resources);
  try {
    if ('blocked' in acquired) {
      const on = acquired.blocked;
      const waiting = await changeRun(deps, run.id, { type: 'wait', on }, { epoch: writer.epoch });
      if ('refused' in waiting && !(await waits(deps, writer))) throw new SupersededError(waiting.refused);
      return { outcome: 'waiting', resource: on.resource, holder: on.holder };
    }
    const admitted = await changeRun(deps, run.id, { type: 'admit', fences: acquired.fences }, { epoch: writer.epoch });
    if ('refused' in admitted) throw new SupersededError(admitted.refused);
    await ownFlags(deps, writer, admitted.run);
    if (writer.epoch > 1) await seizeItems(deps, admitted.run, writer);
    await stopOldExecutions(deps, admitted.run);
    return { outcome: 'admitted' };
  } catch (error) {
    if (!(error instanceof SupersededError)) throw error;
    // Once any attempt of this epoch has written the fences, the locks protect what the run did, until it is at its end.
    // Read after the refusal: from then on no writer of this epoch can admit the run.
    const { run: now } = await loadRun(deps, writer.runId);
    if (!now.fences || hasEnded(now)) await releaseLocks(deps, writer, run.resources);
    return { outcome: 'superseded' };
  }
}

/** RUN says already, under this epoch, that it waits. */
async function waits(deps: RunDeps, writer: RunWriter): Promise<boolean> {
  const { run } = await loadRun(deps, writer.runId);
  return run.epoch === writer.epoch && run.waitingFor !== undefined;
}
