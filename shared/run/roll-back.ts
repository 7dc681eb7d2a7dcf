import { askWhetherItStands } from './ask-whether-it-stands.ts';
import { componentsOf, endAndRelease, giveUpSlot, restRun } from './finish-run.ts';
import { disownFlags, ownFlags, yieldFlags } from './flag-access.ts';
import { rollbackCommand } from './going-back.ts';
import { type Holder, releaseLocks, seizeLocks } from './locks.ts';
import { changeRun, loadRun, type RunDeps, type RunWriter, superseded } from './run-access.ts';
import type { RunCommand } from './run-decisions.ts';
import { hasEnded, type RunState, type RunStatus } from './run-state.ts';
import { seizeItems, stopOldExecutions } from './take-over.ts';

export type Seizure =
  | { readonly outcome: 'seized' }
  /** A later run has held a lock since: what this run did may lie beneath that run's work. */
  | { readonly outcome: 'refused'; readonly status: RunStatus };

/** The rest of a takeover for going back, after RUN itself: locks, flags, items, old executions, in this order. Repeatable. */
export async function seizeRun(deps: RunDeps, writer: RunWriter): Promise<Seizure> {
  const { run } = await loadRun(deps, writer.runId);
  const { refused } = await seizeLocks(deps, writer, run.resources, run.fences);
  // Either is one write on RUN, so of two attempts that saw the locks differently only one is heeded.
  const answer = await changeRun(deps, run.id, refused ? refusal(refused) : { type: 'take-back' }, { epoch: writer.epoch });
  const now = 'run' in answer ? answer.run : (await loadRun(deps, run.id)).run;
  if (now.epoch !== writer.epoch) throw superseded(writer.runId, writer.epoch);
  if (now.status !== 'rolling-back') {
    // A run that rests as rollback-failed keeps its locks, also from a late repeat of this call.
    if (hasEnded(now)) await releaseLocks(deps, writer, run.resources);
    await giveUpSlot(deps, writer, now, now.status);
    return { outcome: 'refused', status: now.status };
  }
  await ownFlags(deps, writer, now);
  await seizeItems(deps, now, writer);
  await stopOldExecutions(deps, now);
  return { outcome: 'seized' };
}

const refusal = (later: Holder): RunCommand => ({
  type: 'refuse-back',
  reason: `Rollback refused: run ${later.holder} has held ${later.resource} since`,
  next: `slipway rollback ${later.holder} -m REASON, if that run is to be taken back first`,
});

/** The run's item has room for so many, in it and in its event; each component has its own. */
const MOST_NAMED = 200;

const asManyAsFit = (notUndone: readonly string[]): readonly string[] =>
  notUndone.length <= MOST_NAMED
    ? notUndone
    : [...notUndone.slice(0, MOST_NAMED), `and ${notUndone.length - MOST_NAMED} more, which their components name`];

/** Ends a rollback by what the items say; the locks are let go only where everything that goes back is back. */
export async function releaseRun(deps: RunDeps, writer: RunWriter): Promise<{ status: RunStatus }> {
  const { run } = await loadRun(deps, writer.runId);
  const keeps = run.backTo?.keeps ?? [];
  const components = (await componentsOf(deps, run)).filter(({ name }) => !keeps.includes(name));
  // Seized before it was prepared: nothing was done, so nothing is to be undone.
  const standing = components.filter(({ work }) => work && work.status !== 'undone' && work.status !== 'open');
  const notUndone = asManyAsFit(
    components.flatMap(({ name, work }) => (work?.notUndone ?? []).map((what) => `${name}: ${what}`)),
  );
  if (standing.length > 0) return restUndone(deps, writer, run, { standing, notUndone });
  const turned = await letFlagsGo(deps, writer, run);
  if (turned !== undefined) return { status: turned };
  const rolledBack = components.filter(({ work }) => work?.status === 'undone').map(({ name }) => name);
  const facts = { reason: run.reason ?? 'Rolled back', rolledBack, notUndone, ...(keeps.length > 0 && { succeeded: keeps }) };
  return { status: await endAndRelease(deps, writer, run, { type: 'rest', status: 'rolled-back', ...facts }) };
}

interface Undone {
  readonly standing: Awaited<ReturnType<typeof componentsOf>>;
  readonly notUndone: readonly string[];
}

async function restUndone(deps: RunDeps, writer: RunWriter, run: RunState, { standing, notUndone }: Undone) {
  const names = standing.map(({ name }) => name);
  const ambiguous = standing.find(({ work }) => work?.status === 'ambiguous');
  const again = rollbackCommand(run);
  const next = ambiguous
    ? askWhetherItStands({ runId: run.id, component: ambiguous.name, step: ambiguous.work?.intent?.step ?? 0 }, { again })
    : `slipway logs ${run.id}, mend what it names, then: ${again}`;
  const status = 'rollback-failed' as const;
  const reason = `Not undone: ${names.join(', ')}`;
  const answer = await restRun(deps, writer, { type: 'rest', status, reason, failed: names, notUndone, next });
  if ('run' in answer) await giveUpSlot(deps, writer, run, status);
  return { status };
}

/**
 * The flags of what went back are yielded. Those of rollouts that stay are disowned as at a run's end, and like there one that an alarm has sent
 * to the old side turns the rest of the run back: under a new epoch, which the alarm's own call starts, or `reconcile`.
 */
async function letFlagsGo(deps: RunDeps, writer: RunWriter, run: RunState): Promise<RunStatus | undefined> {
  const stays = run.backTo?.flags ?? {};
  await yieldFlags(deps, writer, { ...run, flags: run.flags.filter((flag) => stays[flag] === undefined) });
  for (const [flag, component] of Object.entries(stays)) {
    const turn = await disownFlags(deps, writer, { ...run, flags: [flag] });
    if (!turn) continue;
    await changeRun(deps, run.id, { type: 'go-back', ...turn, component }, { epoch: writer.epoch });
    return (await loadRun(deps, run.id)).run.status;
  }
  return undefined;
}
