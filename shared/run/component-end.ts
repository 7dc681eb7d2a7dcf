import type { Value } from '../ports/store.ts';
import type { JournalDeps } from './journal.ts';
import { componentKey } from './keys.ts';
import { type RunWriter, superseded } from './run-access.ts';
import type { SliceOutcome } from './steps.ts';
import { changeWork, loadWork, settleWork, type Work } from './work-access.ts';
import type { WorkState } from './work-state.ts';

/** Loads a component that must exist: only a takeover can have left this writer without one. */
export async function requireWork(deps: JournalDeps, writer: RunWriter, component: string): Promise<Work> {
  const work = await loadWork(deps, writer, componentKey(writer.runId, component));
  if (!work) throw superseded(writer.runId, writer.epoch);
  return work;
}

/** Writes that a component is complete, with what later components may read. Repeating it changes nothing. */
export async function completeComponent(
  deps: JournalDeps,
  writer: RunWriter,
  component: string,
  outputs?: Value,
): Promise<WorkState> {
  const work = await requireWork(deps, writer, component);
  if (work.state.status === 'completed') return work.state;
  const set = { status: 'completed', endedAt: deps.clock.now(), ...(outputs === undefined ? {} : { outputs }) };
  const done = await changeWork(deps, work, { type: 'componentCompleted', data: {} }, { set, remove: ['intent', 'failure'] });
  await settleWork(deps, done);
  return done.state;
}

/** Writes how a component failed under this epoch; an ambiguous one keeps that status, since its next action is another. */
export async function failComponent(
  deps: JournalDeps,
  writer: RunWriter,
  component: string,
  failure: { code: string; message: string },
): Promise<WorkState> {
  const work = await requireWork(deps, writer, component);
  const { status, lastEvent } = work.state;
  const failedAlready = status === 'failed' && lastEvent?.epoch === writer.epoch;
  if (failedAlready || status === 'ambiguous' || status === 'completed') return work.state;
  const set = { status: 'failed', endedAt: deps.clock.now(), failure: { ...failure } };
  const failed = await changeWork(deps, work, { type: 'componentFailed', data: failure }, { set });
  await settleWork(deps, failed);
  return failed.state;
}

/** Writes how the undoing of a component ended. */
export async function endUndo(
  deps: JournalDeps,
  writer: RunWriter,
  component: string,
  outcome: SliceOutcome,
): Promise<WorkState> {
  const work = await requireWork(deps, writer, component);
  if (outcome.outcome === 'ambiguous' || work.state.status === 'undone') return work.state;
  const ended =
    outcome.outcome === 'done'
      ? await changeWork(
          deps,
          work,
          { type: 'componentUndone', data: {} },
          { set: { status: 'undone', endedAt: deps.clock.now() }, remove: ['failure'] },
        )
      : await changeWork(
          deps,
          work,
          { type: 'componentFailed', data: { ...outcome, back: true } },
          { set: { status: 'undo-failed', endedAt: deps.clock.now() } },
        );
  await settleWork(deps, ended);
  return ended.state;
}
