import { type Admissions, admissionsOf, leaveQueue, takeSlot, turnOf } from '../admission/queue.ts';
import { reasonOf, type Turn } from '../admission/turns.ts';
import { SupersededError } from '../errors/run-errors.ts';
import { ownFlags } from './flag-access.ts';
import { haltKey, limitsKey, queueKey } from './keys.ts';
import { acquireLocks, type Holder, keepLocks, releaseLocks } from './locks.ts';
import { changeRun, loadRun, type RunDeps, type RunWriter } from './run-access.ts';
import { ACTIVE, hasEnded, type RunState } from './run-state.ts';
import { seizeItems, stopOldExecutions } from './take-over.ts';

export type Admission =
  | { readonly outcome: 'admitted' }
  | { readonly outcome: 'waiting'; readonly resource: string; readonly holder: string }
  /** It has its locks, and as many runs as may be are under way. */
  | { readonly outcome: 'waiting'; readonly position: number; readonly since?: number }
  | { readonly outcome: 'halted' | 'superseded' };

/**
 * Takes the run's locks, then a slot, and writes the fences: whoever holds a slot waits for nothing, so no two runs wait for each other.
 * A later epoch of a run going forward takes its items over too.
 */
export async function admitRun(deps: RunDeps, writer: RunWriter): Promise<Admission> {
  const { run } = await loadRun(deps, writer.runId);
  const [halt, queue, limits] = await deps.store.readMany([haltKey(run.environment), queueKey, limitsKey]);
  if (halt?.['active'] === true) return { outcome: 'halted' };
  const admissions = admissionsOf(deps, queue, limits);
  const turn = turnOf(admissions, run.id, deps.clock.now());
  if (turn && turn.lacks.length > 0) return speaks(run, writer) ? waiting(admissions, turn) : { outcome: 'superseded' };
  const acquired = run.fences
    ? await keepLocks(deps, writer, run.resources, run.fences)
    : await acquireLocks(deps, writer, run.resources);
  let slot: Awaited<ReturnType<typeof takeSlot>> = 'free';
  try {
    if ('blocked' in acquired) {
      // Before it waits for somebody else: nobody is to wait behind it meanwhile.
      if (hasPlace(admissions, run.id)) await leaveQueue(deps, writer);
      return await waitForLock(deps, writer, acquired.blocked);
    }
    slot = await takeSlot(deps, writer, run, admissions);
    if (typeof slot === 'object') return await waitForSlot(deps, writer, run, admissions, slot);
    const command = { type: 'admit', fences: acquired.fences, slot: slot === 'held' } as const;
    const admitted = await changeRun(deps, run.id, command, { epoch: writer.epoch });
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
    // Where it is under way, another attempt has admitted it, or a later epoch goes on with its slot.
    if (slot !== 'free' && !ACTIVE.has(now.status)) await leaveQueue(deps, writer);
    return { outcome: 'superseded' };
  }
}

async function waitForLock(deps: RunDeps, writer: RunWriter, on: Holder): Promise<Admission> {
  const answer = await changeRun(deps, writer.runId, { type: 'wait', on }, { epoch: writer.epoch });
  if ('refused' in answer && !(await waits(deps, writer))) throw new SupersededError(answer.refused);
  return { outcome: 'waiting', resource: on.resource, holder: on.holder };
}

async function waitForSlot(
  deps: RunDeps,
  writer: RunWriter,
  run: RunState,
  admissions: Admissions,
  turn: Turn,
): Promise<Admission> {
  if (!run.queued) {
    const answer = await changeRun(deps, run.id, { type: 'queue', reason: reasonOf(turn) }, { epoch: writer.epoch });
    if ('refused' in answer) throw new SupersededError(answer.refused);
  }
  return waiting(admissions, turn);
}

const waiting = ({ queue }: Admissions, { runId, position }: Turn): Admission => {
  const at = queue.places.find((place) => place.runId === runId)?.at;
  return { outcome: 'waiting', position, ...(at === undefined ? {} : { since: at }) };
};

const hasPlace = ({ queue }: Admissions, runId: string): boolean => queue.places.some((place) => place.runId === runId);

const speaks = (run: RunState, { epoch }: RunWriter): boolean => run.epoch === epoch && ACTIVE.has(run.status);

/** RUN says already, under this epoch, that it waits; where it does so for a slot, another attempt holds the locks. */
async function waits(deps: RunDeps, writer: RunWriter): Promise<boolean> {
  const { run } = await loadRun(deps, writer.runId);
  return speaks(run, writer) && (run.waitingFor !== undefined || run.queued === true);
}
