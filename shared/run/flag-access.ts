import { FlagNotFoundError, GuardrailTrippedError, SupersededError } from '../errors/run-errors.ts';
import { UserCodeNotStartedError } from '../errors/user-code-errors.ts';
import { chainEvent, runEvent, storedEventOf } from './event-chain.ts';
import { decideFlag, type FlagCommand } from './flag-decisions.ts';
import { effective, type FlagDocument, readFlag, type Trip, type Turn } from './flag-state.ts';
import { commit, flushEvent, type JournalDeps, transition } from './journal.ts';
import { flagKey } from './keys.ts';
import { readAll } from './read-all.ts';
import { loadRun, type RunWriter, superseded } from './run-access.ts';
import { hasEnded, type RunState, type TurnedBy } from './run-state.ts';
import { commandFlag, failoverFlag } from './writes.ts';

type Place = Pick<RunState, 'environment'>;
type Flagged = Pick<RunState, 'id' | 'environment' | 'flags' | 'fences'>;

const RIVALS = 20;

/**
 * Makes this epoch of the run the owner of its flags. The flag is read first and the run after it: where the run is still ours
 * then, its locks were held when the flag was read, and no later run can have owned it before that revision.
 */
export async function ownFlags(deps: JournalDeps, writer: RunWriter, run: Flagged): Promise<void> {
  // Never admitted: the flags may be another's, and nothing was done to them.
  if (!run.fences) return;
  for (const flag of run.flags) await changeFlag(deps, writer, run, flag, { type: 'own' }, () => stillOurs(deps, writer));
}

/** A document for a flag, to be written before `deadline` (epoch ms) or not at all. */
export interface Shift {
  readonly environment: string;
  readonly flag: string;
  readonly document: FlagDocument;
  readonly deadline: number;
}

/** One step forward. Throws GuardrailTrippedError where an alarm came first. */
export async function shiftFlag(deps: JournalDeps, writer: RunWriter, shift: Shift): Promise<void> {
  const { flag, document, deadline } = shift;
  const trip = await changeFlag(deps, writer, shift, flag, { type: 'shift', document }, () => inTime(deps, deadline));
  if (trip) throw new GuardrailTrippedError(turnOf(flag, trip).reason, { next: `slipway watch ${writer.runId}` });
}

export async function restoreFlag(deps: JournalDeps, writer: RunWriter, shift: Shift): Promise<void> {
  const { flag, document, deadline } = shift;
  await changeFlag(deps, writer, shift, flag, { type: 'restore', document }, () => inTime(deps, deadline));
}

/** Before a run succeeds. A turn where a flag of it was sent back: then the run goes back. */
export async function disownFlags(deps: JournalDeps, writer: RunWriter, run: Flagged): Promise<Turn | undefined> {
  for (const flag of run.flags) {
    const trip = await changeFlag(deps, writer, run, flag, { type: 'disown' });
    if (trip) return turnOf(flag, trip);
  }
  return undefined;
}

/** At the end of a rollback. */
export async function yieldFlags(deps: JournalDeps, writer: RunWriter, run: Flagged): Promise<void> {
  for (const flag of run.flags) await changeFlag(deps, writer, run, flag, { type: 'yield' });
}

/** Why the run must go back, where an alarm, or an emergency stop, has sent one of its flags to the old side. */
export async function trippedFlag(
  deps: Pick<JournalDeps, 'store'>,
  run: { readonly id: string; readonly environment: string; readonly flags: readonly string[] },
): Promise<Turn | undefined> {
  const items = await readAll(
    deps.store,
    run.flags.map((flag) => flagKey(run.environment, flag)),
  );
  for (const item of items) {
    const flag = item && readFlag(item);
    if (flag?.tripped && flag.owner === run.id) return turnOf(flag.key, flag.tripped);
  }
  return undefined;
}

/** A guardrail's, where it does not say. */
type Tripping = Omit<Trip, 'code'> & { readonly code?: TurnedBy };

/**
 * An alarm of `runId` has fired: one conditional write, and every evaluation is on the old side. False where the run does not
 * own the flag: not yet, or not any more. Whoever listens hears of it at once.
 */
export async function failover(deps: JournalDeps, runId: string, place: Place, flag: string, trip: Tripping): Promise<boolean> {
  const key = flagKey(place.environment, flag);
  const result = await commit(deps, failoverFlag(key, runId, { ...trip }));
  if (!result.applied) return false;
  const now = readFlag(result.item);
  // Whoever listens need not ask what the flag is now: that is what takes the time where many listen.
  const data = { runId, reason: trip.reason, document: effective(now) };
  const draft = { type: 'flagTripped', actor: trip.by, data } as const;
  const at = { rev: now.rev, epoch: now.ownerEpoch ?? 0, at: trip.at, prev: storedEventOf(result.item) };
  await deps.events.publish([runEvent(key, chainEvent(key, draft, at))]);
  return true;
}

/**
 * Decides on the flag as it is and writes the decision; asked again where another writer came between. `still` is asked between
 * the read and the write and throws where this writer's time is over: what others write later has a later revision.
 */
async function changeFlag(
  deps: JournalDeps,
  writer: RunWriter,
  { environment }: Place,
  flag: string,
  command: FlagCommand,
  still: () => Promise<void> | void = () => {},
): Promise<Trip | undefined> {
  const key = flagKey(environment, flag);
  for (let rivals = 0; rivals < RIVALS; rivals += 1) {
    const item = await deps.store.read(key);
    if (!item) {
      // Without a percentage a new flag is on for everybody.
      const next = `slipway flags set ${flag} --percent 0 --environment ${environment}`;
      throw new FlagNotFoundError(`There is no flag ${flag} in ${environment}`, { next });
    }
    const now = readFlag(item);
    const decision = decideFlag(now, writer, command);
    if ('done' in decision) return undefined;
    if ('tripped' in decision) return decision.tripped;
    if ('lost' in decision) throw superseded(writer.runId, writer.epoch);
    await still();
    const build = (change: Parameters<typeof commandFlag>[2]) => commandFlag(key, now.rev, change);
    const result = await transition(deps, item, decision.event, decision.change, build, writer.epoch);
    if (result.applied) {
      await flushEvent(deps, result.item);
      return undefined;
    }
  }
  throw new SupersededError(`Other writers of the flag ${flag} kept coming between`, { next: `slipway status ${writer.runId}` });
}

async function stillOurs(deps: JournalDeps, writer: RunWriter): Promise<void> {
  const { run } = await loadRun(deps, writer.runId);
  if (run.epoch !== writer.epoch || hasEnded(run)) throw superseded(writer.runId, writer.epoch);
}

/** A writer that slept past its deadline must not bring back a stage that others have left. */
function inTime(deps: JournalDeps, deadline: number): void {
  if (deps.clock.now() >= deadline) throw new UserCodeNotStartedError('The time of this shift was over before it began');
}

const turnOf = (flag: string, { code, reason, by }: Trip): Turn => ({
  code,
  reason: code === 'EMERGENCY_STOP' ? `Emergency stop: ${reason}` : `Guardrail tripped on flag ${flag}: ${reason} (${by})`,
});
