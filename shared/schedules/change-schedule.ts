import { ScheduleInvalidError, ScheduleNotFoundError, ScheduleRevisionError } from '../errors/schedule-errors.ts';
import type { EventType } from '../ports/events.ts';
import type { Item, Value } from '../ports/store.ts';
import { create, flushEvent, transition } from '../run/journal.ts';
import { scheduleKey } from '../run/keys.ts';
import { changeSchedule, createSchedule } from '../run/writes.ts';
import { keepTimer, type ScheduleDeps } from './keep-timers.ts';
import { nextTimes } from './occurrences.ts';
import { readSchedule, type ScheduleState, timingOf } from './schedule-state.ts';

const MINUTE = 60_000;
/** So many times show how close two of them come. */
const LOOKED_AT = 100;

export interface Change {
  readonly environment: string;
  readonly name: string;
  readonly actor: string;
  readonly reason: string;
  /** The revision that the person saw; 0: there was none. Absent: whatever is there. */
  readonly ifRev?: number | undefined;
}

type Settings = Pick<
  ScheduleState,
  'plan' | 'baseDir' | 'expression' | 'zone' | 'start' | 'end' | 'windowMinutes' | 'catchUp' | 'catchUpMost' | 'overlap'
>;

export type PutChange = Change & Omit<Settings, 'plan'> & { readonly plan: Settings['plan'] | undefined };

/** Makes a schedule, or makes it what is said. Without a plan it keeps the one that it has. */
export async function putSchedule(deps: ScheduleDeps, change: PutChange): Promise<ScheduleState> {
  const found = await find(deps, change);
  const plan = change.plan ?? found?.state?.plan;
  if (!plan) throw new ScheduleInvalidError('A new schedule needs a plan.', { next: 'Name the plan that it runs.' });
  const now = deps.clock.now();
  const { expression, zone, start, end, windowMinutes, catchUp, catchUpMost, overlap } = change;
  const timing = { expression, zone, start, end };
  // What was missed before a change of its times is not missed of the new ones.
  const kept = found?.state && sameTiming(found.state, timing) ? found.state : undefined;
  const { anchor, cursor } = kept ?? beginning(timing, now);
  refuseImpossible({ ...timing, anchor, windowMinutes }, cursor);
  const settings = { plan, expression, zone, anchor, windowMinutes, catchUp, catchUpMost, overlap };
  const optional = { start, end, baseDir: change.plan ? change.baseDir : found?.state?.baseDir };
  const status = found?.state?.status === 'paused' ? 'paused' : 'enabled';
  return write(deps, change, found, 'schedulePut', { ...settings, ...optional, status, cursor });
}

/** By whole minutes, as EventBridge Scheduler counts. A rate without a start is due at once. */
function beginning(timing: Omit<Parameters<typeof timingOf>[0], 'anchor'>, now: number) {
  const anchor = Math.floor((timing.start ?? now) / MINUTE) * MINUTE;
  const atOnce = timing.start === undefined && timingOf({ ...timing, anchor }).expression.kind === 'rate';
  return { anchor, cursor: atOnce ? anchor - 1 : now };
}

/** Nothing is due while it is paused, and nothing of that time is missed. */
export async function pauseSchedule(deps: ScheduleDeps, change: Change): Promise<ScheduleState> {
  const found = await require(deps, change);
  return write(deps, change, found, 'schedulePaused', { status: 'paused' });
}

export async function resumeSchedule(deps: ScheduleDeps, change: Change): Promise<ScheduleState> {
  const found = await require(deps, change);
  const cursor = found.state.status === 'paused' ? deps.clock.now() : found.state.cursor;
  refuseImpossible(found.state, cursor);
  return write(deps, change, found, 'scheduleResumed', { status: 'enabled', cursor });
}

/** Its history stays. */
export async function deleteSchedule(deps: ScheduleDeps, change: Change): Promise<ScheduleState> {
  const found = await require(deps, change);
  return write(deps, change, found, 'scheduleDeleted', {
    status: 'deleted',
    pending: [],
    listing: undefined,
    listingSort: undefined,
  });
}

export async function requireSchedule(
  deps: Pick<ScheduleDeps, 'store'>,
  environment: string,
  name: string,
): Promise<ScheduleState> {
  return (await require(deps, { environment, name })).state;
}

interface Found {
  readonly item: Item;
  /** Undefined: it was deleted. */
  readonly state: ScheduleState | undefined;
}

async function find(
  deps: Pick<ScheduleDeps, 'store'>,
  { environment, name, ifRev }: Pick<Change, 'environment' | 'name' | 'ifRev'>,
): Promise<Found | undefined> {
  const item = await deps.store.read(scheduleKey(environment, name));
  const read = item && readSchedule(item);
  const state = read?.status === 'deleted' ? undefined : read;
  if (ifRev !== undefined && ifRev !== (state?.version ?? 0)) throw changedMeanwhile(name, state?.version ?? 0);
  return item && { item, state };
}

async function require(deps: Pick<ScheduleDeps, 'store'>, change: Pick<Change, 'environment' | 'name' | 'ifRev'>) {
  const found = await find(deps, change);
  if (found?.state) return { item: found.item, state: found.state };
  throw new ScheduleNotFoundError(`There is no schedule ${change.name} in ${change.environment}.`, {
    next: 'slipway schedules list',
  });
}

const changedMeanwhile = (name: string, rev: number) =>
  new ScheduleRevisionError(`The schedule ${name} is at revision ${rev}.`, {
    next: `slipway schedules get ${name}, then repeat the change on what it is now.`,
  });

const sameTiming = (state: ScheduleState, timing: Pick<ScheduleState, 'expression' | 'zone' | 'start' | 'end'>): boolean =>
  state.status !== 'over' && (['expression', 'zone', 'start', 'end'] as const).every((part) => state[part] === timing[part]);

function refuseImpossible(of: Parameters<typeof timingOf>[0] & { readonly windowMinutes: number }, cursor: number): void {
  const times = nextTimes(timingOf(of), cursor, of.windowMinutes === 0 ? 1 : LOOKED_AT);
  const next = 'Correct its times; nothing was written.';
  if (times.length === 0) throw new ScheduleInvalidError(`${of.expression} is never due from now on.`, { next });
  const least = Math.min(...times.slice(1).map((time, before) => time - Number(times[before])));
  if (least > of.windowMinutes * MINUTE) return;
  const message = `Its window of ${of.windowMinutes} minutes reaches into its next time, ${least / MINUTE} minutes later.`;
  throw new ScheduleInvalidError(message, { next: 'Choose a shorter window; nothing was written.' });
}

/** The schedule first, then its timer: `open` keeps in sight that the timer is not yet as it should be. */
async function write(
  deps: ScheduleDeps,
  change: Change,
  found: Found | undefined,
  type: EventType,
  fields: { readonly [name: string]: Value | undefined },
): Promise<ScheduleState> {
  const { environment, name, actor, reason } = change;
  const key = scheduleKey(environment, name);
  const version = Number(found?.item['version'] ?? 0) + 1;
  const told = { environment, name, version, actor, reason, changedAt: deps.clock.now() };
  const listed = {
    listing: 'schedule',
    listingSort: `${environment}#${name}`,
    open: 'schedule',
    openSort: `${environment}#${name}`,
  };
  const all: { readonly [name: string]: Value | undefined } = {
    ...(found ? {} : { pending: [] }),
    ...listed,
    ...fields,
    ...told,
  };
  const set = Object.fromEntries(Object.entries(all).filter((entry): entry is [string, Value] => entry[1] !== undefined));
  const remove = Object.keys(all).filter((field) => all[field] === undefined);
  const data = JSON.parse(JSON.stringify({ reason, version, ...fields })) as { [name: string]: Value };
  const draft = { type, actor, data };
  const result = found
    ? await transition(
        deps,
        found.item,
        draft,
        { set, remove },
        (made) => changeSchedule(key, Number(found.item['rev']), made),
        0,
      )
    : await create(deps, key, draft, 0, (made) => createSchedule(key, made), set);
  if (!result.applied) throw changedMeanwhile(name, Number(result.current?.['version'] ?? 0));
  await flushEvent(deps, result.item);
  await keepTimer(deps, environment, name);
  return readSchedule(result.item);
}
