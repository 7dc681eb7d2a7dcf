import type { Item } from '../ports/store.ts';
import { componentsOf, failing } from './finish-run.ts';
import { trippedFlag } from './flag-access.ts';
import { rollbackCommand } from './going-back.ts';
import { commit } from './journal.ts';
import { lockKey } from './keys.ts';
import { changeRun, loadRun, type RunDeps } from './run-access.ts';
import type { RunCommand } from './run-decisions.ts';
import { ACTIVE, hasEnded, type RunState, readRun } from './run-state.ts';
import { startExecution } from './start-run.ts';
import { releaseLock } from './writes.ts';

export interface Reconciliation {
  readonly started: readonly string[];
  readonly takenBack: readonly string[];
  readonly rested: readonly string[];
  readonly released: readonly string[];
}

/** A rollback that dies is begun again this often before it rests for a person. */
const RECOVERIES = 10;
/** An execution that was only just to be started is given this long, and whoever has only just taken a lock, ms. */
const GRACE_MS = 30_000;

/**
 * Instead of heartbeats: looks at every active run and at every lock that is held, and asks the workflow whether
 * the execution that should speak for them is alive. Safe to run at any time, twice at once too. What it cannot look after
 * keeps it from nothing else; the first such error is thrown at the end.
 */
export async function reconcile(deps: RunDeps): Promise<Reconciliation> {
  const report = { started: [] as string[], takenBack: [] as string[], rested: [] as string[], released: [] as string[] };
  const failures: unknown[] = [];
  const spared = (looked: Promise<void>) => looked.catch((error: unknown) => void failures.push(error));
  for await (const item of all(deps, 'run')) await spared(reconcileRun(deps, String(item['id']), report));
  for await (const item of all(deps, 'lock')) await spared(reconcileLock(deps, item.pk.slice('LOCK#'.length), report));
  if (failures.length > 0) throw failures[0];
  return report;
}

type Report = { [kind in keyof Reconciliation]: string[] };

async function reconcileRun(deps: RunDeps, runId: string, report: Report): Promise<void> {
  const { run } = await loadRun(deps, runId);
  if (!ACTIVE.has(run.status)) return;
  const execution = await deps.workflow.describe(deps.workflow.arnOf(run.machine, run.execution));
  if (execution?.status === 'RUNNING') return;
  if (!execution) {
    if (deps.clock.now() - run.updatedAt < GRACE_MS) return;
    await startExecution(deps, run);
    report.started.push(runId);
    return;
  }
  await recover(deps, run, execution.error ?? execution.status, report);
}

/** The execution is gone and the run is not at its end: going back begins anew; going forward ends as the plan says for a failure. */
async function recover(deps: RunDeps, run: RunState, cause: string, report: Report): Promise<void> {
  const reason = `The execution ${run.execution} ended without ending the run (${cause})`;
  const recoveries = run.epoch - 1;
  if (run.direction === 'back' && recoveries >= RECOVERIES) {
    return rest(deps, run, { type: 'rest', status: 'rollback-failed', reason, next: rollbackCommand(run) }, report);
  }
  const trip = run.direction === 'forward' ? await trippedFlag(deps, run) : undefined;
  if (run.direction === 'forward' && run.onFailure === 'stop' && trip === undefined)
    return rest(deps, run, failing(run, await componentsOf(deps, run), reason), report);
  // What goes back already goes as far as it was to go.
  const { backTo } = run;
  const turned = await changeRun(
    deps,
    run.id,
    { type: 'go-back', ...(trip ?? { reason }), ...(backTo && { backTo }) },
    { onlyAtRev: run.rev },
  );
  if ('refused' in turned) return;
  await startExecution(deps, turned.run);
  report.takenBack.push(run.id);
}

async function rest(deps: RunDeps, run: RunState, command: RunCommand, report: Report): Promise<void> {
  const answer = await changeRun(deps, run.id, command, { onlyAtRev: run.rev });
  if ('run' in answer) report.rested.push(run.id);
}

/** The lock is read before its run: what a rollback takes again in between carries a newer epoch, and the release is refused. */
async function reconcileLock(deps: RunDeps, resource: string, report: Report): Promise<void> {
  const lock = await deps.store.read(lockKey(resource));
  const holder = lock?.['holder'];
  if (typeof holder !== 'string') return;
  const item = await deps.store.read({ pk: `RUN#${holder}`, sk: 'RUN' });
  if (item && !hasEnded(readRun(item))) return;
  // A call may work under the locks of a run that has ended.
  if (item && deps.clock.now() - Number(lock?.['since']) < GRACE_MS) return;
  const released = await commit(deps, releaseLock(lockKey(resource), holder, Number(lock?.['ownerEpoch'])));
  if (released.applied) report.released.push(resource);
}

async function* all(deps: RunDeps, value: 'run' | 'lock'): AsyncGenerator<Item> {
  let cursor: string | undefined;
  do {
    const page = await deps.store.listIndex('open', value, cursor === undefined ? {} : { cursor });
    yield* page.items;
    cursor = page.cursor;
  } while (cursor !== undefined);
}
