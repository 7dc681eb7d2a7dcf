import { SlipwayError } from '../errors/slipway-error.ts';
import type { Item, Value } from '../ports/store.ts';
import type { EventDraft } from '../run/event-chain.ts';
import { flushEvent, transition } from '../run/journal.ts';
import { runKey, scheduleKey } from '../run/keys.ts';
import { hasEnded, readRun } from '../run/run-state.ts';
import { changeSchedule } from '../run/writes.ts';
import { decideDue } from './decide-due.ts';
import type { ScheduleDeps } from './keep-timers.ts';
import { readSchedule, type ScheduleState } from './schedule-state.ts';

/** How a run of the schedule is started: the same key starts it once, and answers its id again. */
export type StartScheduled = (schedule: ScheduleState, idempotencyKey: string) => Promise<{ readonly runId: string }>;

export interface Fired {
  /** By time, ascending. */
  readonly times: readonly { readonly at: number; readonly runId?: string; readonly skipped?: string }[];
}

const RIVALS = 50;
const MINUTE = 60_000;

/**
 * Deals with every time that is due, however often and by whomever it is called: a time is claimed by one conditional write, and what was
 * claimed by a call that died is started by the next. `at`: the time for which a timer calls; within its minute it may be early.
 */
export async function fireSchedule(
  deps: ScheduleDeps,
  of: { readonly environment: string; readonly name: string; readonly at?: number | undefined },
  start: StartScheduled,
): Promise<Fired> {
  const key = scheduleKey(of.environment, of.name);
  const times: Fired['times'][number][] = [];
  for (let rivals = 0; rivals < RIVALS; ) {
    const item = await deps.store.read(key);
    const schedule = item && readSchedule(item);
    const [pending] = schedule?.pending ?? [];
    if (!item || !schedule || schedule.status === 'deleted') {
      await deps.scheduler.remove(of.environment, of.name);
      return { times };
    }
    if (pending !== undefined) {
      const ended = await startOne(deps, item, schedule, pending, start);
      if (ended) times.push(ended);
      else rivals += 1;
      continue;
    }
    rivals += 1;
    if (schedule.status !== 'enabled' || !(await claim(deps, item, schedule, of.at))) return { times };
  }
  throw new RivalsError(`Other calls for the schedule ${of.name} kept coming between.`, {
    next: `slipway schedules get ${of.name}`,
  });
}

class RivalsError extends SlipwayError {
  override readonly name = 'RivalsError';
  override readonly code = 'RIVAL';
  override readonly retryable = true;
}

/** False: nothing is due. */
async function claim(deps: ScheduleDeps, item: Item, schedule: ScheduleState, at: number | undefined): Promise<boolean> {
  const now = deps.clock.now();
  const minuteEnd = at === undefined ? now : Math.floor(at / MINUTE) * MINUTE + MINUTE - 1;
  const due = decideDue(schedule, Math.max(now, Math.min(minuteEnd, now + MINUTE)));
  if (!due) return false;
  const { run, missed, more, cursor, over } = due;
  const data = { run: [...run], missed: [...missed], ...(more ? { more } : {}), ...(over ? { over } : {}) };
  const set = { cursor, pending: [...run], ...(over ? { status: 'over' } : {}) };
  await change(deps, item, schedule, { type: 'scheduleDue', data }, set);
  return true;
}

/** Undefined: another call came first. */
async function startOne(
  deps: ScheduleDeps,
  item: Item,
  schedule: ScheduleState,
  at: number,
  start: StartScheduled,
): Promise<Fired['times'][number] | undefined> {
  const outcome = await startUnlessBusy(deps, schedule, at, start);
  const last = { at, ...outcome };
  const set = {
    pending: schedule.pending.filter((one) => one !== at),
    last,
    ...('runId' in outcome ? { lastRunId: outcome.runId } : {}),
  };
  return (await change(deps, item, schedule, { type: 'scheduleRan', data: last }, set)) ? last : undefined;
}

async function startUnlessBusy(deps: ScheduleDeps, schedule: ScheduleState, at: number, start: StartScheduled) {
  const { environment, name, overlap, lastRunId } = schedule;
  const busy = overlap === 'skip' && lastRunId !== undefined && (await isOpen(deps, lastRunId));
  if (busy) return { skipped: `run ${lastRunId} of the time before is not over` };
  try {
    return await start(schedule, `schedule/${environment}/${name}/${at}`);
  } catch (error) {
    // What may pass is tried again by whoever delivers; what will not is told, and the next time is another chance.
    if (error instanceof SlipwayError && !error.retryable) return { skipped: `${error.code}: ${error.message}`.slice(0, 1000) };
    throw error;
  }
}

async function isOpen({ store }: ScheduleDeps, runId: string): Promise<boolean> {
  const item = await store.read(runKey(runId));
  return item !== undefined && !hasEnded(readRun(item));
}

async function change(
  deps: ScheduleDeps,
  item: Item,
  { environment, name, rev }: ScheduleState,
  draft: EventDraft,
  set: { readonly [name: string]: Value },
): Promise<boolean> {
  const key = scheduleKey(environment, name);
  const result = await transition(
    deps,
    item,
    { ...draft, actor: actorOf(name) },
    { set },
    (made) => changeSchedule(key, rev, made),
    0,
  );
  if (result.applied) await flushEvent(deps, result.item);
  return result.applied;
}

/** In whose name a schedule starts its runs. */
export const actorOf = (name: string): string => `schedule ${name}`;
