import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { metricSpans } from '../../../../adapters/aws/metric-spans.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const now = Date.UTC(2026, 4, 4, 12, 0, 0);

const ago = (from: number, to: number, periodMs: number) => ({ from: now - from, to: now - to, periodMs });

describe('metricSpans', () => {
  it('asks for what is recent as it was asked for', () => {
    const ranges = [
      ago(2 * HOUR, 0, 10 * SECOND),
      ago(HOUR, 0, MINUTE),
      ago(10 * DAY, 0, HOUR),
      ago(50 * SECOND, 0, 10 * SECOND),
    ];
    for (const range of ranges) expect(metricSpans(range, now)).toEqual([range]);
  });

  it('asks for minutes where seconds are forgotten', () => {
    expect(metricSpans(ago(5 * HOUR, 0, 10 * SECOND), now)).toEqual([
      ago(5 * HOUR, 175 * MINUTE, MINUTE),
      ago(175 * MINUTE, 0, 10 * SECOND),
    ]);
    expect(metricSpans(ago(5 * HOUR + 10 * SECOND, 4 * HOUR, 10 * SECOND), now)).toEqual([ago(5 * HOUR, 4 * HOUR, MINUTE)]);
  });

  it('asks for what months keep', () => {
    expect(metricSpans(ago(20 * DAY, 19 * DAY, MINUTE), now)).toEqual([ago(20 * DAY, 19 * DAY, 5 * MINUTE)]);
    expect(metricSpans(ago(100 * DAY, 99 * DAY, MINUTE), now)).toEqual([ago(100 * DAY, 99 * DAY, HOUR)]);
  });

  it('asks for the minutes within where one figure is asked for', () => {
    const odd = ago(HOUR + 10 * SECOND, 5 * SECOND, HOUR + 5 * SECOND);
    expect(metricSpans(odd, now)).toEqual([ago(HOUR, MINUTE, HOUR - MINUTE)]);
    expect(metricSpans(ago(100 * SECOND, 10 * SECOND, 90 * SECOND), now)).toEqual([]);
  });

  it('asks for nothing over no time', () => {
    expect(metricSpans(ago(0, 0, MINUTE), now)).toEqual([]);
    expect(metricSpans(ago(0, HOUR, MINUTE), now)).toEqual([]);
  });

  it('asks only for periods that CloudWatch keeps, inside the range, each once', () => {
    const second = fc.integer({ min: 0, max: 80 * 86_400 });
    fc.assert(
      fc.property(second, second, fc.integer({ min: 1, max: 100_000 }), (one, other, seconds) => {
        const range = ago(Math.max(one, other) * SECOND, Math.min(one, other) * SECOND, seconds * SECOND);
        let reached = range.from;
        for (const { from, to, periodMs } of metricSpans(range, now)) {
          expect(from).toBeGreaterThanOrEqual(reached);
          expect(to).toBeGreaterThan(from);
          expect((to - from) % periodMs).toBe(0);
          const age = now - from;
          const grain = age > 63 * DAY ? HOUR : age > 15 * DAY ? 5 * MINUTE : age > 3 * HOUR ? MINUTE : SECOND;
          expect([periodMs % grain, from % grain]).toEqual([0, 0]);
          expect(periodMs % MINUTE === 0 || [1, 5, 10, 20, 30].includes(periodMs / SECOND)).toBe(true);
          reached = to;
        }
        expect(reached).toBeLessThanOrEqual(Math.max(range.from, range.to));
      }),
    );
  });
});
