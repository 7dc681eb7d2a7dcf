import { leaveQueue } from '../admission/queue.ts';
import { toldUsage, usedByNow } from '../usage/run-usage.ts';
import { askWhetherItStands } from './ask-whether-it-stands.ts';
import { disownFlags, trippedFlag } from './flag-access.ts';
import type { Turn } from './flag-state.ts';
import { componentKey } from './keys.ts';
import { releaseLocks } from './locks.ts';
import { readAll } from './read-all.ts';
import { changeRun, loadRun, type RunDeps, type RunOutcome, type RunWriter } from './run-access.ts';
import type { RunCommand } from './run-decisions.ts';
import { executionName } from './run-moves.ts';
import { ACTIVE, hasEnded, type RunState, type RunStatus } from './run-state.ts';
import { readWork, type WorkState } from './work-state.ts';

/** How the machine came to the end of its phases. */
export interface Ending {
  readonly outcome: 'completed' | 'failed' | 'paused' | 'halted' | 'crashed';
  readonly reason?: string;
}

export type Finish =
  | { readonly outcome: 'ended'; readonly status: RunStatus }
  | { readonly outcome: 'rollback'; readonly epoch: number };

type Planned = RunState['components'][number] & { readonly work: WorkState | undefined };

/** Ends a run going forward: succeeded, resting for a person, or turned back under a new epoch. Judges by the items, not by what the machine carried along. */
export async function finishRun(deps: RunDeps, writer: RunWriter, ending: Ending): Promise<Finish> {
  const { run } = await loadRun(deps, writer.runId);
  // An earlier attempt of this very call has turned it back and died before it could say so.
  const turned =
    run.direction === 'back' && run.epoch === writer.epoch + 1 && !run.executions.includes(executionName(run.id, writer.epoch));
  if (turned) return { outcome: 'rollback', epoch: run.epoch };
  const trip = await trippedFlag(deps, run);
  if (trip) return turnBack(deps, writer, trip);
  const components = await componentsOf(deps, run);
  const failed = components.filter(({ work }) => work?.status === 'failed' || work?.status === 'ambiguous');
  const complete = components.every(({ work }) => work?.status === 'completed');
  if (complete && ending.outcome === 'completed') return succeed(deps, writer, run);
  if (ending.outcome === 'paused')
    return rest(deps, writer, run, resting('paused', components, 'Paused by request', `slipway resume ${run.id}`));
  const reason = ending.reason ?? (failed.length > 0 ? explained(failed) : unfinished(run, ending));
  if (ending.outcome === 'halted') return turnBack(deps, writer, { reason, code: 'EMERGENCY_STOP' });
  if (run.onFailure === 'rollback') return turnBack(deps, writer, { reason });
  return rest(deps, writer, run, failing(run, components, reason));
}

const unfinished = ({ environment }: RunState, { outcome }: Ending): string =>
  outcome === 'halted'
    ? `An emergency stop of ${environment} is in force; to lift it: slipway stop --lift --environment ${environment} -m REASON`
    : `The run ended before its components did (${outcome})`;

export async function componentsOf(deps: RunDeps, run: RunState): Promise<readonly Planned[]> {
  const items = await readAll(
    deps.store,
    run.components.map(({ name }) => componentKey(run.id, name)),
  );
  return run.components.map((component, index) => ({ ...component, work: items[index] && readWork(items[index]) }));
}

async function succeed(deps: RunDeps, writer: RunWriter, run: RunState): Promise<Finish> {
  // Before the run is at its end: a trip comes before this and is heeded, or after it and takes the run back by its locks.
  const trip = await disownFlags(deps, writer, run);
  if (trip) return turnBack(deps, writer, trip);
  const names = run.components.map(({ name }) => name);
  const command: Rest = { type: 'rest', status: 'succeeded', reason: 'Every component completed', succeeded: names };
  return { outcome: 'ended', status: await endAndRelease(deps, writer, run, command) };
}

/** Ends the run and, only where it is at a terminal status then, by this call or an earlier one, lets its locks go. */
export async function endAndRelease(deps: RunDeps, writer: RunWriter, run: RunState, command: Rest): Promise<RunStatus> {
  const answer = await restRun(deps, writer, command);
  const now = 'run' in answer ? answer.run : (await loadRun(deps, run.id)).run;
  if (hasEnded(now)) await releaseLocks(deps, writer, run.resources);
  await giveUpSlot(deps, writer, run, now.status);
  return now.status;
}

/** A run that rests takes part in nothing, so that others go in; its locks are another matter. */
export async function giveUpSlot(deps: RunDeps, writer: RunWriter, { queued }: RunState, status: RunStatus): Promise<void> {
  if (queued && !ACTIVE.has(status)) await leaveQueue(deps, writer);
}

/** The locks stay: they belong to the run until a person lets it go on or takes it back. */
async function rest(deps: RunDeps, writer: RunWriter, run: RunState, command: Rest): Promise<Finish> {
  const answer = await restRun(deps, writer, command);
  const status = 'run' in answer ? command.status : (await loadRun(deps, run.id)).run.status;
  await giveUpSlot(deps, writer, run, status);
  return { outcome: 'ended', status };
}

export type Rest = Extract<RunCommand, { type: 'rest' }>;

/** Where it is counted, the event of the run's rest tells what the run has used by then. */
export async function restRun(deps: RunDeps, { runId, epoch }: RunWriter, command: Rest): Promise<RunOutcome> {
  const usage = deps.meter && toldUsage(await usedByNow(deps.store, deps.meter, runId));
  return changeRun(deps, runId, { ...command, ...(usage && { usage }) }, { epoch });
}

/** How a run rests whose components did not all complete, and what the person does next. */
export function failing(run: RunState, components: readonly Planned[], reason: string): Rest {
  const partly = components.some(({ work }) => work?.status === 'completed');
  const unsure = components.find(({ work }) => work?.status === 'ambiguous');
  const next = unsure
    ? askWhetherItStands({ runId: run.id, component: unsure.name, step: unsure.work?.intent?.step ?? 0 }, { retry: true })
    : `slipway retry ${run.id}, or: slipway rollback ${run.id} -m REASON`;
  return resting(partly ? 'partially-failed' : 'failed', components, reason, next);
}

function resting(status: RunStatus, components: readonly Planned[], reason: string, next: string): Rest {
  const named = (wanted: (work: WorkState | undefined) => boolean) =>
    components.filter(({ work }) => wanted(work)).map(({ name }) => name);
  return {
    type: 'rest',
    status,
    reason,
    succeeded: named((work) => work?.status === 'completed'),
    failed: named((work) => work?.status === 'failed' || work?.status === 'ambiguous'),
    canResume: true,
    next,
  };
}

async function turnBack(deps: RunDeps, writer: RunWriter, turn: Pick<Turn, 'reason'> & Partial<Turn>): Promise<Finish> {
  const command = { type: 'go-back', ...turn, nested: true } as const;
  const turned = await changeRun(deps, writer.runId, command, { epoch: writer.epoch });
  if ('refused' in turned) return { outcome: 'ended', status: (await loadRun(deps, writer.runId)).run.status };
  return { outcome: 'rollback', epoch: turned.run.epoch };
}

/** So many failures make a reason; status tells of each component. */
const MOST_EXPLAINED = 10;

const explained = (failed: readonly Planned[]): string =>
  [
    ...failed.slice(0, MOST_EXPLAINED).map(explain),
    ...(failed.length > MOST_EXPLAINED ? [`and ${failed.length - MOST_EXPLAINED} more components failed`] : []),
  ].join('; ');

const explain = ({ name, work }: Planned): string => `${name}: ${work?.failure?.message ?? work?.status ?? 'failed'}`;
