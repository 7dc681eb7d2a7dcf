import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RunState } from '../../../../shared/run/run-state.ts';
import { trendOf } from '../../../../shared/run/run-trends.ts';

const HOUR = 3_600_000;
const NOW = 1000 * HOUR;
const run = (over: Partial<RunState>): RunState => ({ status: 'succeeded', createdAt: NOW, ...over }) as RunState;
const rested = (status: RunState['status'], hoursAgo: number, seconds = 10, over: Partial<RunState> = {}) => {
  const endedAt = NOW - hoursAgo * HOUR;
  return run({ status, createdAt: endedAt - seconds * 1000, endedAt, ...over });
};
const trend = (runs: readonly RunState[], hours = 24, from?: number) => trendOf(runs, { now: NOW, hours, from });

describe('trendOf', () => {
  it('counts a clean rollback as a success, and what is left half done as none', () => {
    const runs = [
      ...[rested('succeeded', 1), rested('rolled-back', 2), rested('failed', 3, 10, { rolledBack: ['one'] })],
      ...[rested('failed', 4), rested('partially-failed', 5), rested('rollback-failed', 6)],
    ];
    expect(trend(runs)).toMatchObject({ started: 6, succeeded: 1, rolledBack: 2, failed: 3, successRate: 0.5, perHour: 0.25 });
  });

  it('leaves out what ended before, goes on, or only rests', () => {
    const runs = [rested('succeeded', 25), run({ status: 'running' }), rested('paused', 1)];
    expect(trend(runs)).toMatchObject({ started: 2, succeeded: 0, successRate: null, medianSeconds: null, p95Seconds: null });
  });

  it('tells whether it has seen all of its window', () => {
    expect(trend([], 24, NOW - 25 * HOUR).whole).toBe(true);
    expect(trend([], 24, NOW - 23 * HOUR).whole).toBe(false);
    expect(trend([]).whole).toBe(true);
  });

  it('has its quantiles among the times of runs, in order', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 10_000 }), { minLength: 1, maxLength: 50 }), (seconds) => {
        const { medianSeconds, p95Seconds, succeeded } = trend(seconds.map((each) => rested('succeeded', 1, each)));
        expect(succeeded).toBe(seconds.length);
        expect(seconds).toContain(medianSeconds);
        expect(seconds).toContain(p95Seconds);
        const below = (limit: number | null) => seconds.filter((each) => each <= Number(limit)).length / seconds.length;
        expect(below(medianSeconds)).toBeGreaterThanOrEqual(0.5);
        expect(below(p95Seconds)).toBeGreaterThanOrEqual(0.95);
      }),
    );
  });
});
