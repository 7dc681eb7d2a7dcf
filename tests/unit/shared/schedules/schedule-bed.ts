import { seededIds } from '../../../../adapters/memory/seeded-ids.ts';
import { MemoryStore } from '../../../../adapters/memory/store.ts';
import { VirtualClock } from '../../../../adapters/memory/virtual-clock.ts';
import type { RunEvent } from '../../../../shared/ports/events.ts';
import type { Scheduler, Timer } from '../../../../shared/ports/scheduler.ts';
import { type PutChange, putSchedule } from '../../../../shared/schedules/change-schedule.ts';
import type { ScheduleDeps } from '../../../../shared/schedules/keep-timers.ts';

export const HOUR = 3_600_000;
/** 2026-11-22T12:00:00Z, and 20 seconds. */
export const NOON = Date.parse('2026-11-22T12:00:00Z');

/** A scheduler that only remembers its timers. */
export class ListedTimers implements Scheduler {
  readonly timers = new Map<string, Timer>();

  async put(timer: Timer): Promise<void> {
    this.timers.set(`${timer.environment}/${timer.name}`, timer);
  }

  async has(environment: string, name: string): Promise<boolean> {
    return this.timers.has(`${environment}/${name}`);
  }

  async remove(environment: string, name: string): Promise<void> {
    this.timers.delete(`${environment}/${name}`);
  }
}

export interface ScheduleBed extends ScheduleDeps {
  readonly clock: VirtualClock;
  readonly store: MemoryStore;
  readonly scheduler: ListedTimers;
  readonly published: RunEvent[];
}

export function scheduleBed(): ScheduleBed {
  const published: RunEvent[] = [];
  const clock = new VirtualClock(NOON + 20_000);
  return {
    clock,
    ids: seededIds(1, clock),
    store: new MemoryStore(),
    scheduler: new ListedTimers(),
    events: { publish: async (events) => void published.push(...events) },
    published,
  };
}

export const which = { environment: 'test', name: 'hourly' };

export const put = (deps: ScheduleDeps, settings: Partial<PutChange> = {}) =>
  putSchedule(deps, {
    ...which,
    ...{ actor: 'ada', reason: 'begin', baseDir: undefined, start: undefined, end: undefined },
    plan: { name: 'copy', digest: 'd', target: 'test/copy' },
    expression: 'rate(1 hour)',
    zone: 'UTC',
    ...{ windowMinutes: 0, catchUp: 'skip', catchUpMost: 10, overlap: 'skip' },
    ...settings,
  });
