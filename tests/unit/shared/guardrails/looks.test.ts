import { describe, expect, it } from 'vitest';
import { guardrailSchema } from '../../../../shared/guardrails/guardrail.ts';
import { type Compared, cutoffOf, looksBetween } from '../../../../shared/guardrails/looks.ts';

const rate = guardrailSchema.parse({
  name: 'e',
  type: 'rate',
  events: 'errors',
  of: 'requests',
  limit: 1,
  period: '10s',
}) as Compared;
const latency = guardrailSchema.parse({ name: 'l', type: 'metric', metric: 'latency', limit: 500, period: '10s' }) as Compared;
const hundred = [{ at: 0, values: Array.from({ length: 100 }, (_, index) => index + 1) }];

describe('looksBetween', () => {
  it('counts events of trials in whole periods that are aligned, and leaves out the rest', () => {
    const control = {
      requests: [
        { at: 9_999, values: [1000] },
        { at: 10_000, values: [30, 20] },
        { at: 29_999, values: [70] },
        { at: 30_000, values: [1000] },
      ],
      errors: [{ at: 12_000, values: [1], counts: [3] }],
    };
    const treatment = { requests: [{ at: 21_000, values: [5] }] };
    expect(looksBetween(rate, { control, treatment }, { from: 1, to: 39_999, cutoff: null })).toEqual([
      { control: { events: 3, total: 50 }, treatment: { events: 0, total: 0 } },
      { control: { events: 0, total: 70 }, treatment: { events: 0, total: 5 } },
    ]);
  });

  it('counts values beyond the cutoff, by their counts', () => {
    const control = { latency: [{ at: 0, values: [95, 96], counts: [10, 2] }] };
    const treatment = { latency: [{ at: 5_000, values: [96, 300] }] };
    const series = { control, treatment };
    expect(looksBetween(latency, series, { from: 0, to: 10_000, cutoff: 95 })).toEqual([
      { control: { events: 2, total: 12 }, treatment: { events: 2, total: 2 } },
    ]);
    expect(looksBetween({ ...latency, is: '<' } as Compared, series, { from: 0, to: 10_000, cutoff: 96 })).toEqual([
      { control: { events: 10, total: 12 }, treatment: { events: 0, total: 2 } },
    ]);
    expect(looksBetween(latency, series, { from: 0, to: 10_000, cutoff: null })).toEqual([
      { control: { events: 0, total: 0 }, treatment: { events: 0, total: 0 } },
    ]);
  });

  it('has no looks before the first whole period', () => {
    expect(looksBetween(rate, { control: {}, treatment: {} }, { from: 5_000, to: 12_000, cutoff: null })).toEqual([]);
    expect(looksBetween(rate, { control: {}, treatment: {} }, { from: 50_000, to: 12_000, cutoff: null })).toEqual([]);
  });
});

describe('cutoffOf', () => {
  it("is where the control's values become rare, on the side that is bad", () => {
    expect(cutoffOf(latency, hundred)).toBe(95);
    expect(cutoffOf({ ...latency, is: '<' } as Compared, hundred)).toBe(5);
    expect(cutoffOf({ ...latency, statistic: 'p50' } as Compared, hundred)).toBe(50);
  });

  it('is none for rates, and none without a past', () => {
    expect(cutoffOf(rate, hundred)).toBeNull();
    expect(cutoffOf(latency, [])).toBeNull();
  });
});
