import { RivalError } from '../errors/run-errors.ts';
import type { Item, Value } from '../ports/store.ts';
import { commit, type JournalDeps } from '../run/journal.ts';
import { limitsKey, queueKey, runKey } from '../run/keys.ts';
import { readAll } from '../run/read-all.ts';
import type { RunDeps, RunWriter } from '../run/run-access.ts';
import { ACTIVE, type RunState, readRun } from '../run/run-state.ts';
import { changeQueue, joinQueue } from '../run/writes.ts';
import { type Limits, needsOf } from './limits.ts';
import { type Place, placeAttribute, type Queue, readQueue } from './queue-state.ts';
import { readLimits } from './stored-limits.ts';
import { reasonOf, type Turn, turnsOf } from './turns.ts';

/** What an admission is decided on. */
export interface Admissions {
  readonly queue: Queue;
  readonly limits: Limits;
}

/** More wait outside, where they keep their age: an item of the store holds no more. */
const MOST_PLACES = 1000;
const RIVALS = 40;
/** After another has come between, ms; up to so much more by chance. */
const PAUSE_MS = 15;

async function readAdmissions(deps: Pick<RunDeps, 'store' | 'limits'>): Promise<Admissions> {
  const [queue, limits] = await deps.store.readMany([queueKey, limitsKey]);
  return admissionsOf(deps, queue, limits);
}

export const admissionsOf = (deps: Pick<RunDeps, 'limits'>, queue: Item | undefined, limits: Item | undefined): Admissions => ({
  queue: readQueue(queue),
  limits: readLimits(limits, deps.limits).limits,
});

/** Where a run stands that waits; undefined: it has no place, or its slot. */
export function turnOf({ queue, limits }: Admissions, runId: string, now: number): Turn | undefined {
  return turnsOf(queue.places, limits, now).find((turn) => turn.runId === runId);
}

/**
 * Takes a slot for the run, or a place to wait for one. A run that was taken over keeps its slot. Where nothing is limited it has one
 * too, for limits that are set while it is under way; only beyond what the queue holds it goes without (`free`). Repeatable: a slot
 * that the run has is its own.
 */
export async function takeSlot(
  deps: RunDeps,
  writer: RunWriter,
  run: RunState,
  read: Admissions,
): Promise<'free' | 'held' | Turn> {
  let { queue, limits } = read;
  for (let rivals = 0; rivals < RIVALS; rivals += 1) {
    const now = deps.clock.now();
    const found = queue.places.find(({ runId }) => runId === run.id);
    // Whatever has a newer epoch speaks for the run; this writer is told so by RUN itself.
    if (found?.heldSince !== undefined && found.epoch >= writer.epoch) return 'held';
    const place = found ?? placeOf(run, writer, now);
    const others = queue.places.filter(({ runId }) => runId !== run.id);
    if (needsOf(limits, place).length === 0 && !found) {
      if (others.length >= MOST_PLACES) return 'free';
      const joined = await commit(deps, joinQueue(queueKey, placeAttribute(run.id), stored({ ...place, heldSince: now })));
      if (joined.applied) return 'held';
      ({ queue, limits } = await readAdmissions(deps));
      continue;
    }
    const turn = place.heldSince === undefined ? turnsOf([...others, place], limits, now).find(own(run.id)) : undefined;
    if (turn && turn.lacks.length > 0) {
      if (!found && others.length < MOST_PLACES) await commit(deps, joinQueue(queueKey, placeAttribute(run.id), stored(place)));
      return turn;
    }
    const slot = stored({ ...place, epoch: writer.epoch, heldSince: place.heldSince ?? now });
    const taken = await commit(deps, changeQueue(queueKey, queue.rev, { set: { [placeAttribute(run.id)]: slot } }));
    if (taken.applied) return 'held';
    await pause(deps);
    ({ queue, limits } = await readAdmissions(deps));
  }
  throw tooManyRivals(run.id);
}

/** Gives up the place of a run that rests, whether it waits or holds a slot. A newer epoch keeps its own. */
export async function leaveQueue(deps: JournalDeps, { runId, epoch }: RunWriter): Promise<void> {
  for (let rivals = 0; rivals < RIVALS; rivals += 1) {
    const queue = readQueue(await deps.store.read(queueKey));
    const place = queue.places.find(own(runId));
    if (!place || place.epoch > epoch) return;
    const left = await commit(deps, changeQueue(queueKey, queue.rev, { remove: [placeAttribute(runId)] }));
    if (left.applied) return;
    await pause(deps);
  }
  throw tooManyRivals(runId);
}

/** Frees the places of runs that are gone or rest: a process died before it could. The places are read before their runs. */
export async function reapQueue(deps: JournalDeps): Promise<readonly string[]> {
  const queue = readQueue(await deps.store.read(queueKey));
  const runs = await readAll(
    deps.store,
    queue.places.map(({ runId }) => runKey(runId)),
  );
  const gone = queue.places.filter((_, index) => !runs[index] || !ACTIVE.has(readRun(runs[index]).status));
  if (gone.length === 0) return [];
  const remove = gone.map(({ runId }) => placeAttribute(runId));
  const reaped = await commit(deps, changeQueue(queueKey, queue.rev, { remove }));
  return reaped.applied ? gone.map(({ runId }) => runId) : [];
}

/** What a person is told of a run that waits. */
export interface Standing {
  /** 1: the next. */
  readonly position: number;
  /** How many wait. */
  readonly waiting: number;
  readonly reason: string;
}

/** Whether the run may be waiting for its turn: then the queue tells. */
export const mayWait = ({ queued, status }: RunState): boolean =>
  queued === true && (status === 'queued' || status === 'pausing');

/** Of every run that waits. */
export const standings = async (deps: Pick<RunDeps, 'store' | 'limits' | 'clock'>): Promise<ReadonlyMap<string, Standing>> =>
  standingsIn(await readAdmissions(deps), deps.clock.now());

export function standingsIn({ queue, limits }: Admissions, now: number): ReadonlyMap<string, Standing> {
  const turns = turnsOf(queue.places, limits, now);
  return new Map(turns.map((turn) => [turn.runId, { position: turn.position, waiting: turns.length, reason: reasonOf(turn) }]));
}

const own =
  (runId: string) =>
  (one: { readonly runId: string }): boolean =>
    one.runId === runId;

/** A run that begins is as old as it is; one that goes on queues again. */
const placeOf = (run: RunState, { epoch }: RunWriter, now: number): Place => ({
  runId: run.id,
  epoch,
  environment: run.environment,
  actor: run.actor,
  ...(run.role === undefined ? {} : { role: run.role }),
  priority: run.priority,
  semaphores: run.semaphores,
  at: epoch === 1 ? run.createdAt : now,
});

const stored = ({ runId: _, ...place }: Place): Value => place as unknown as Value;

const pause = (deps: JournalDeps): Promise<void> => deps.clock.sleep(PAUSE_MS * (1 + deps.ids.random()));

const tooManyRivals = (runId: string): RivalError =>
  new RivalError(`Other runs kept coming and going while ${runId} did`, { next: 'Nothing: it is tried again.' });
