import { describe, expect, it } from 'vitest';
import type { Scheduler, Timer } from '../../shared/ports/scheduler.ts';

export interface SchedulerUnderTest {
  readonly scheduler: Scheduler;
  /** Expressions of the timers that are set, by `environment.name`. */
  readonly timers: () => Promise<{ readonly [name: string]: string }>;
  close(): Promise<void>;
}

const timer = (over: Partial<Timer> = {}): Timer => ({
  environment: 'test',
  name: 'nightly',
  expression: 'cron(30 2 * * ? *)',
  zone: 'Europe/Berlin',
  anchor: 0,
  windowMinutes: 0,
  ...over,
});

/** What every scheduler promises, run on each of them. */
export const schedulerContract = (name: string, open: () => Promise<SchedulerUnderTest>): void => {
  describe(`scheduler contract: ${name}`, () => {
    const opened = async (play: (bed: SchedulerUnderTest) => Promise<void>) => {
      const bed = await open();
      try {
        await play(bed);
      } finally {
        await bed.close();
      }
    };

    it('makes a timer, and changes the one that is there', () =>
      opened(async ({ scheduler, timers }) => {
        await scheduler.put(timer());
        await scheduler.put(timer({ expression: 'rate(2 days)', windowMinutes: 10 }));
        expect(await timers()).toEqual({ 'test.nightly': 'rate(2 days)' });
      }));

    it('keeps environments apart', () =>
      opened(async ({ scheduler, timers }) => {
        await scheduler.put(timer());
        await scheduler.put(timer({ environment: 'live' }));
        await scheduler.remove('test', 'nightly');
        expect(Object.keys(await timers())).toEqual(['live.nightly']);
      }));

    it('tells whether there is a timer', () =>
      opened(async ({ scheduler }) => {
        expect(await scheduler.has('test', 'nightly')).toBe(false);
        await scheduler.put(timer());
        expect(await scheduler.has('test', 'nightly')).toBe(true);
        expect(await scheduler.has('live', 'nightly')).toBe(false);
      }));

    it('removes a timer, also one that is not there', () =>
      opened(async ({ scheduler, timers }) => {
        await scheduler.remove('test', 'nightly');
        await scheduler.put(timer());
        await scheduler.remove('test', 'nightly');
        expect(await timers()).toEqual({});
      }));

    it('makes one of a timer that is put twice at once', () =>
      opened(async ({ scheduler, timers }) => {
        await Promise.all([scheduler.put(timer()), scheduler.put(timer())]);
        expect(Object.keys(await timers())).toEqual(['test.nightly']);
      }));
  });
};
