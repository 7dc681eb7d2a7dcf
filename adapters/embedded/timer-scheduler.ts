import type { Clock } from '../../shared/ports/clock.ts';
import type { Ids } from '../../shared/ports/ids.ts';
import type { Scheduler, Timer } from '../../shared/ports/scheduler.ts';
import { nextTimes } from '../../shared/schedules/occurrences.ts';
import { timingOf } from '../../shared/schedules/schedule-state.ts';

export interface TimerSchedulerOptions {
  readonly clock: Clock;
  readonly ids: Pick<Ids, 'random'>;
  /** Is called when a timer is due; whoever gives it also deals with its errors. `at` in ISO 8601. */
  readonly fire: (due: { readonly environment: string; readonly name: string; readonly at: string }) => Promise<void>;
}

const MINUTE = 60_000;

/** Timers of this process, in the manner of EventBridge Scheduler. They end with it: the next one makes them from the schedules. */
export class TimerScheduler implements Scheduler {
  readonly #options: TimerSchedulerOptions;
  readonly #timers = new Map<string, { readonly timer: Timer; readonly stop: AbortController }>();
  readonly #underWay = new Set<Promise<void>>();
  #closed = false;

  constructor(options: TimerSchedulerOptions) {
    this.#options = options;
  }

  async put(timer: Timer): Promise<void> {
    this.#stop(timer.environment, timer.name);
    if (this.#closed) return;
    const stop = new AbortController();
    this.#timers.set(keyOf(timer.environment, timer.name), { timer, stop });
    const work = this.#run(timer, stop.signal);
    this.#underWay.add(work);
    void work.finally(() => this.#underWay.delete(work));
  }

  async has(environment: string, name: string): Promise<boolean> {
    return this.#timers.has(keyOf(environment, name));
  }

  async remove(environment: string, name: string): Promise<void> {
    this.#stop(environment, name);
  }

  /** The timers that are set. */
  timers(): readonly Timer[] {
    return [...this.#timers.values()].map(({ timer }) => timer);
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const { stop } of this.#timers.values()) stop.abort();
    this.#timers.clear();
    await Promise.allSettled(this.#underWay);
  }

  #stop(environment: string, name: string): void {
    const key = keyOf(environment, name);
    this.#timers.get(key)?.stop.abort();
    this.#timers.delete(key);
  }

  async #run(timer: Timer, signal: AbortSignal): Promise<void> {
    const { clock, ids, fire } = this.#options;
    const { environment, name, windowMinutes } = timer;
    const timing = timingOf(timer);
    let after = clock.now() - 1;
    // A rate without a start is due at once, at the beginning of its minute.
    if (timing.expression.kind === 'rate' && clock.now() - timer.anchor < MINUTE) after = timer.anchor - 1;
    for (;;) {
      const [at] = nextTimes(timing, after, 1);
      if (at === undefined) return this.#stop(environment, name);
      await this.#until(at + Math.floor(windowMinutes * MINUTE * ids.random()), signal);
      if (signal.aborted) return;
      const called = clock.now();
      await fire({ environment, name, at: new Date(at).toISOString() });
      if (signal.aborted) return;
      // Whoever is called deals with every time that has passed, so none of them is called for.
      after = Math.max(at, called);
    }
  }

  /** By looks at the clock: a machine's timers stand still while it sleeps, and do not heed a clock that is set. */
  async #until(time: number, signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    do {
      const left = Math.max(0, time - clock.now());
      await clock.sleep(Math.min(left, MINUTE), signal).catch(() => undefined);
    } while (clock.now() < time && !signal.aborted);
  }
}

const keyOf = (environment: string, name: string): string => `${environment}/${name}`;
