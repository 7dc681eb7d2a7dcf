import type { PersonLimits } from '../admission/limits.ts';
import { countStartOf } from '../admission/start-rate.ts';
import { LockedError } from '../errors/run-errors.ts';
import type { Value } from '../ports/store.ts';
import { commit, create, flushEvent } from './journal.ts';
import { idempotencyKey, runKey } from './keys.ts';
import { type Holder, holders } from './locks.ts';
import { loadRun, type RunDeps } from './run-access.ts';
import { executionName } from './run-moves.ts';
import { hasEnded, type RunState, readRun } from './run-state.ts';
import { createRun } from './writes.ts';

export interface StartRequest {
  readonly plan: { readonly name: string; readonly digest: string };
  readonly target: string;
  readonly environment: string;
  readonly actor: string;
  /** The role that the actor has. */
  readonly role?: string;
  /** The higher the sooner; 0 where absent. */
  readonly priority?: number;
  readonly semaphores?: readonly string[];
  readonly onFailure: 'rollback' | 'stop';
  readonly resources: readonly string[];
  /** Keys of the flags that it shifts; each has its lock among `resources`. */
  readonly flags?: readonly string[];
  readonly components: readonly { readonly name: string; readonly kind: string; readonly phase: string }[];
  readonly options: { readonly [name: string]: Value };
  /** The longest of its rollouts, ms: for so long after its end it is kept. */
  readonly rollbackWindow?: number;
  /** The same key answers the same run. */
  readonly idempotencyKey?: string;
  /** Wait for the locks rather than be refused where another run holds one. */
  readonly queue: boolean;
  /** How many runs the actor may start in an hour and a day. */
  readonly limits?: PersonLimits;
}

/** Creates the run, then starts its execution, whose name is known before: `reconcile` starts it where this call died between the two. */
export async function startRun(deps: RunDeps, request: StartRequest): Promise<{ run: RunState; created: boolean }> {
  const runId = await claimId(deps, request.idempotencyKey);
  const found = await deps.store.read(runKey(runId));
  // Before the locks are looked at: the run of this very key may hold them.
  if (found) return { run: await startedAlready(deps, readRun(found)), created: false };
  if (!request.queue) await refuseLocked(deps, request);
  if (request.limits) await countStartOf(deps, request.actor, runId, request.limits);
  const now = deps.clock.now();
  const made = await create(
    deps,
    runKey(runId),
    { type: 'runCreated', actor: request.actor, data: { plan: request.plan.name, target: request.target } },
    1,
    (set) => createRun(runKey(runId), set),
    {
      id: runId,
      plan: { ...request.plan },
      target: request.target,
      environment: request.environment,
      status: 'queued',
      direction: 'forward',
      epoch: 1,
      execution: executionName(runId, 1),
      machine: 'run',
      executions: [],
      actor: request.actor,
      ...(request.role === undefined ? {} : { role: request.role }),
      priority: request.priority ?? 0,
      semaphores: [...new Set(request.semaphores)].sort(),
      createdAt: now,
      updatedAt: now,
      onFailure: request.onFailure,
      resources: [...request.resources].sort(),
      flags: [...(request.flags ?? [])].sort(),
      components: request.components.map((component) => ({ ...component })),
      options: { ...request.options },
      ...(request.rollbackWindow ? { rollbackWindow: request.rollbackWindow } : {}),
      ...(request.idempotencyKey === undefined ? {} : { startKey: request.idempotencyKey }),
      listing: 'run',
      listingSort: runId,
      open: 'run',
      openSort: runId,
    },
  );
  if (made.applied) await flushEvent(deps, made.item);
  const { run } = await loadRun(deps, runId);
  await startExecution(deps, run);
  return { run, created: made.applied };
}

/** The call before may have died between creating the run and starting its execution. */
async function startedAlready(deps: RunDeps, run: RunState): Promise<RunState> {
  if (run.status === 'queued') await startExecution(deps, run);
  return run;
}

/** Starting the same name again joins it, so this can be repeated at will. */
export async function startExecution(deps: RunDeps, run: RunState): Promise<void> {
  await deps.workflow.start(run.machine, run.execution, { runId: run.id, epoch: run.epoch });
}

/** A holder that is at its end is about to let go: for that one a run may wait. */
async function firstAtWork(deps: RunDeps, resources: readonly string[]): Promise<Holder | undefined> {
  for (const held of await holders(deps.store, resources)) {
    const item = await deps.store.read(runKey(held.holder));
    if (!item || !hasEnded(readRun(item))) return held;
  }
  return undefined;
}

async function refuseLocked(deps: RunDeps, request: StartRequest): Promise<void> {
  const held = await firstAtWork(deps, request.resources);
  if (!held) return;
  throw new LockedError(`${held.resource} is held by run ${held.holder} since ${new Date(held.since).toISOString()}`, {
    next: `slipway watch ${held.holder}, or start with --queue to wait for it`,
  });
}

/** The first to claim an idempotency key names the run that every later one gets. */
async function claimId(deps: RunDeps, key: string | undefined): Promise<string> {
  const id = deps.ids.next();
  if (key === undefined) return id;
  const claimed = await commit(deps, {
    name: 'idempotency.claim',
    key: idempotencyKey(key),
    set: { runId: id, schemaVersion: 1 },
    when: [{ test: 'absent', attribute: 'runId' }],
  });
  return claimed.applied ? String(claimed.item['runId']) : String(claimed.current?.['runId']);
}
