import { describe, expect, it } from 'vitest';
import { MetricsReport } from '../../../../../examples/cities/search/metrics-report.ts';

describe('what the service reports', () => {
  it('is counted by path, and handed over once', () => {
    const report = new MetricsReport();
    report.answered('off', 2, false);
    report.answered('on', 0.5, true);
    report.answered('on', 0.7, false);
    report.compared('on', false);
    const by = (variation: string) =>
      Object.fromEntries(
        report
          .take(1000)
          .filter(({ dimensions }) => dimensions.variation === variation)
          .map(({ metric, values, at }) => [metric, [at, ...values]]),
      );
    expect(by('on')).toEqual({
      Exposures: [1000, 2],
      Requests: [1000, 2],
      Errors: [1000, 1],
      Latency: [1000, 0.5, 0.7],
      Compared: [1000, 1],
      Mismatches: [1000, 1],
    });
    expect(report.take(2000)).toEqual([]);
  });

  it('says nothing of a path that nobody went', () => {
    const report = new MetricsReport();
    report.answered('off', 2, false);
    expect(new Set(report.take(0).map(({ dimensions }) => dimensions.variation))).toEqual(new Set(['off']));
    expect(report.figures).toEqual({ p95: { old: 2, new: null }, compared: 0, mismatches: 0 });
  });

  it('knows the 95th percentile of the last thousand searches', () => {
    const report = new MetricsReport();
    for (let ms = 1; ms <= 2000; ms += 1) report.answered('on', ms, false);
    expect(report.figures.p95.new).toBe(1950);
  });
});
