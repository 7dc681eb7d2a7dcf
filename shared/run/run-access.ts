import type { Limits } from '../admission/limits.ts';
import { RunNotFoundError, SupersededError } from '../errors/run-errors.ts';
import type { Item } from '../ports/store.ts';
import type { Workflow } from '../ports/workflow.ts';
import { flushEvent, type JournalDeps, transition } from './journal.ts';
import { runKey } from './keys.ts';
import { decideRun, type RunCommand } from './run-decisions.ts';
import { type RunState, readRun } from './run-state.ts';
import { commandRun, transitionRun } from './writes.ts';

export interface RunDeps extends JournalDeps {
  readonly workflow: Workflow;
  /** In force until an administrator sets others; nothing is limited where absent. */
  readonly limits?: Limits;
}

/** A writer of a run: `epoch` comes from its execution's input, never from the item. */
export interface RunWriter {
  readonly runId: string;
  readonly epoch: number;
}

const RIVALS = 20;

export async function loadRun(deps: Pick<JournalDeps, 'store'>, runId: string): Promise<{ run: RunState; item: Item }> {
  const item = await deps.store.read(runKey(runId));
  const run = runIn(item);
  if (!item || !run) throw runNotFound(runId);
  return { run, item };
}

/** Undefined: there is no such run, or its time is over. */
export function runIn(item: Item | undefined): RunState | undefined {
  const run = item && readRun(item);
  return run?.expiredAt === undefined ? run : undefined;
}

export const runNotFound = (runId: string): RunNotFoundError =>
  new RunNotFoundError(`There is no run ${runId}`, { next: 'slipway list' });

export type RunOutcome = { readonly run: RunState } | { readonly refused: string; readonly next?: string };

/** Decides on the run as it is (or, with `onlyAtRev`, not at all where it has moved on) and writes the decision; asked again where another writer came between. */
export async function changeRun(
  deps: JournalDeps,
  runId: string,
  command: RunCommand,
  by: { readonly actor?: string; readonly epoch?: number; readonly onlyAtRev?: number },
): Promise<RunOutcome> {
  for (let rivals = 0; rivals < RIVALS; rivals += 1) {
    const { run, item } = await loadRun(deps, runId);
    if (by.onlyAtRev !== undefined && run.rev !== by.onlyAtRev) return { refused: `${runId} has moved on` };
    const decision = decideRun(run, command, { now: deps.clock.now(), actor: by.actor ?? 'slipway' });
    if ('refused' in decision) {
      // An earlier attempt of this very call may have written what refuses it now, and died before telling: nobody else would.
      if (by.epoch !== undefined) await flushEvent(deps, item);
      return decision;
    }
    const epoch = by.epoch;
    const key = runKey(runId);
    const result = await transition(
      deps,
      item,
      decision.event,
      decision.change,
      (change) => (epoch === undefined ? commandRun(key, run.rev, change) : transitionRun(key, epoch, run.rev, change)),
      epoch ?? run.epoch,
    );
    if (result.applied) {
      await flushEvent(deps, result.item);
      return { run: readRun(result.item) };
    }
    if (epoch !== undefined && result.current?.['epoch'] !== epoch) throw superseded(runId, epoch);
  }
  throw new SupersededError(`Other writers of ${runId} kept coming between`, { next: `slipway status ${runId}` });
}

export const superseded = (runId: string, epoch: number): SupersededError =>
  new SupersededError(`Epoch ${epoch} of ${runId} has been taken over`, { next: `slipway status ${runId}` });
