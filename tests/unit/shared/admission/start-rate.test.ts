import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededIds } from '../../../../adapters/memory/seeded-ids.ts';
import { MemoryStore } from '../../../../adapters/memory/store.ts';
import { VirtualClock } from '../../../../adapters/memory/virtual-clock.ts';
import { RateLimitedError } from '../../../../shared/admission/admission-errors.ts';
import type { PersonLimits } from '../../../../shared/admission/limits.ts';
import { countStartOf, decideStart, type Start } from '../../../../shared/admission/start-rate.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const limits = { perHour: 5, perDay: 20 };

const bed = (limited: PersonLimits = limits) => {
  const clock = new VirtualClock(DAY);
  const store = new MemoryStore();
  const deps = { store, clock, ids: seededIds(1, clock), events: { publish: async () => {} } };
  return { clock, store, start: (runId: string, person = 'ada') => countStartOf(deps, person, runId, limited) };
};

describe('the start of a run', () => {
  it('is refused beyond five in an hour, with the seconds until the oldest of them is an hour old', async () => {
    const { clock, start } = bed();
    for (let run = 0; run < 5; run += 1) {
      await start(`r${run}`);
      await clock.advanceTo(clock.now() + 60_000);
    }
    const refused = await start('r5').catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(RateLimitedError);
    expect(refused).toMatchObject({ retryAfter: 55 * 60, message: 'ada may start 5 runs in an hour, and has.' });
    await start('b0', 'bob');
    await clock.advanceTo(clock.now() + 55 * 60_000);
    await start('r5');
  });

  it('is counted once, however often it is asked', async () => {
    const { start } = bed();
    for (let again = 0; again < 9; again += 1) await start('r0');
    for (const run of ['r1', 'r2', 'r3', 'r4']) await start(run);
    await expect(start('r5')).rejects.toThrow(RateLimitedError);
    await start('r4');
  });

  it('is counted each, where many come at once', async () => {
    const { clock, start } = bed();
    const starts = Promise.allSettled(Array.from({ length: 12 }, (_, run) => start(`r${run}`)));
    await clock.runUntilIdle();
    const answers = await starts;
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
  });

  it('is counted each in the time of one call, where hundreds come at once and the store takes its time', async () => {
    const { clock, start, store } = bed({ perHour: 1000 });
    const read = store.read.bind(store);
    store.read = async (key) => {
      const found = await read(key);
      await clock.sleep(5);
      return found;
    };
    const began = clock.now();
    const started = Array.from({ length: 200 }, (_, run) => start(`r${run}`).then(() => clock.now() - began));
    const answers = Promise.all(started);
    await clock.runUntilIdle();
    expect(Math.max(...(await answers))).toBeLessThan(10_000);
  });

  it('never exceeds either window, over any times', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 2 * HOUR }), { maxLength: 80 }), (pauses) => {
        let now = DAY;
        let starts: readonly Start[] = [];
        const all: number[] = [];
        for (const [index, pause] of pauses.entries()) {
          now += pause;
          const decision = decideStart(starts, `r${index}`, limits, now);
          if ('refused' in decision) {
            const later = now + decision.retryAfterMs;
            expect('starts' in decideStart(starts, 'again', limits, later)).toBe(true);
            expect('refused' in decideStart(starts, 'again', limits, later - 1)).toBe(true);
            continue;
          }
          ({ starts } = decision);
          all.push(now);
          expect(all.filter((at) => now - at < HOUR).length).toBeLessThanOrEqual(5);
          expect(all.filter((at) => now - at < DAY).length).toBeLessThanOrEqual(20);
        }
      }),
    );
  });

  it('is never let in where nothing may be started', () => {
    expect(decideStart([], 'r', { perHour: 0 }, 0)).toEqual({ refused: 'hour', most: 0, retryAfterMs: HOUR });
  });
});
