import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../../bench/seeded-random.ts';
import type { Interval } from '../../../../shared/experiments/interval.ts';
import { meanDifferenceSequence } from '../../../../shared/experiments/mean-sequence.ts';
import { rateRatioSequence, shareSequence } from '../../../../shared/experiments/rate-ratio-sequence.ts';
import { sampleRatio } from '../../../../shared/experiments/sample-ratio.ts';
import { merged, type Summary, summaryOf } from '../../../../shared/experiments/summary.ts';
import { welch } from '../../../../shared/experiments/welch.ts';

const RUNS = 400;
const holds = ({ low, high }: Interval, truth: number): boolean =>
  (low === null || low <= truth) && (high === null || truth <= high);

/** The share of runs in which any look is wrong. */
function shareOfRuns(isWrong: (random: () => number) => boolean): number {
  let wrong = 0;
  for (let seed = 1; seed <= RUNS; seed += 1) if (isWrong(seededRandom(seed))) wrong += 1;
  return wrong / RUNS;
}

/** At most `alpha`, but for what chance does to 400 runs (three standard deviations). */
const atMost = (alpha: number): number => alpha + 3 * Math.sqrt((alpha * (1 - alpha)) / RUNS);

const exponential = (random: () => number): number => -Math.log(1 - random());

describe('meanDifferenceSequence', () => {
  const looked = (random: () => number, isWrong: (control: Summary, treatment: Summary) => boolean): boolean => {
    let [control, treatment]: [Summary | null, Summary | null] = [null, null];
    for (let look = 0; look < 100; look += 1) {
      const batch = (scale: number, shift: number): Summary =>
        summaryOf(Array.from({ length: 20 }, () => shift + scale * exponential(random)));
      const [c, t] = [batch(1, 0), batch(3, 0)];
      control = control === null ? c : merged(control, c);
      treatment = treatment === null ? t : merged(treatment, t);
      if (isWrong(control, treatment)) return true;
    }
    return false;
  };

  it('covers the difference at all of 100 looks, for skewed values and unequal variances', () => {
    const wrong = shareOfRuns((random) =>
      looked(random, (control, treatment) => {
        const interval = meanDifferenceSequence(control, treatment, { alpha: 0.05, tightestAt: 1000 });
        return interval !== null && !holds(interval, 2);
      }),
    );
    expect(wrong).toBeLessThanOrEqual(atMost(0.05));
  });

  it('is needed: a fixed test at each look is wrong far more often', () => {
    const wrong = shareOfRuns((random) =>
      looked(random, (control, treatment) => control.n >= 100 && !holds(welch(control, treatment).interval, 2)),
    );
    expect(wrong).toBeGreaterThan(0.15);
  });

  it('is tightest, against the best that it can be, where it was asked to be', () => {
    const width = (tightestAt: number, n: number): number => {
      const summary = { n, mean: 0, variance: 1 };
      return meanDifferenceSequence(summary, summary, { alpha: 0.05, tightestAt })?.high ?? Number.NaN;
    };
    for (const other of [200, 500, 2000, 5000]) expect(width(1000, 1000)).toBeLessThan(width(other, 1000));
  });

  it('waits for enough values, and knows constants for certain', () => {
    const few = { n: 99, mean: 0, variance: 1 };
    expect(meanDifferenceSequence(few, few, { alpha: 0.05, tightestAt: 1000 })).toBeNull();
    const one = { n: 100, mean: 1, variance: 0 };
    expect(meanDifferenceSequence(one, { ...one, mean: 3 }, { alpha: 0.05, tightestAt: 1000 })).toEqual({ low: 2, high: 2 });
  });
});

describe('shareSequence', () => {
  it.each([0.001, 0.03, 0.5, 0.98])('covers a share of %d after every one of 2,000 trials', (share) => {
    const wrong = shareOfRuns((random) => {
      let events = 0;
      for (let total = 1; total <= 2000; total += 1) {
        const hit = random() < share;
        if (hit) events += 1;
        // Between events the interval's upper end only falls, between their absences its lower end only rises: looking at those that are
        // rarer, and now and then, is looking always.
        const isRare = hit === share <= 0.5;
        if ((isRare || total % 100 === 0) && !holds(shareSequence({ events, total }, 0.05), share)) return true;
      }
      return false;
    });
    expect(wrong).toBeLessThanOrEqual(atMost(0.05));
  });

  it('begins with everything and narrows', () => {
    expect(shareSequence({ events: 0, total: 0 }, 0.05)).toEqual({ low: 0, high: 1 });
    expect(shareSequence({ events: 0, total: 1000 }, 0.05).low).toBe(0);
    expect(shareSequence({ events: 1000, total: 1000 }, 0.05).high).toBe(1);
    const { low, high } = shareSequence({ events: 500, total: 1000 }, 0.05);
    expect([low, high].map((end) => Math.round((end ?? 0) * 100))).toEqual([44, 56]);
  });
});

describe('rateRatioSequence', () => {
  it('covers the ratio of rare rates at every event, with unequal arms', () => {
    const wrong = shareOfRuns((random) => {
      let [control, treatment] = [0, 0];
      // Of the events, 2 x 1 / (2 x 1 + 9) are the treatment's where it has a tenth of the traffic and twice the rate.
      for (let event = 1; event <= 400; event += 1) {
        if (random() < 2 / 11) treatment += 1;
        else control += 1;
        const interval = rateRatioSequence({ events: control, total: 9_000_000 }, { events: treatment, total: 1_000_000 }, 0.05);
        if (!holds(interval, 2)) return true;
      }
      return false;
    });
    expect(wrong).toBeLessThanOrEqual(atMost(0.05));
  });

  it('knows nothing without events', () => {
    expect(rateRatioSequence({ events: 0, total: 10 }, { events: 0, total: 10 }, 0.05)).toEqual({ low: 0, high: null });
    expect(rateRatioSequence({ events: 0, total: 10 }, { events: 5, total: 10 }, 0.05).high).toBeNull();
    expect(rateRatioSequence({ events: 0, total: 0 }, { events: 5, total: 10 }, 0.05)).toEqual({ low: 0, high: null });
  });
});

describe('sampleRatio', () => {
  /** Whether the check ever calls a mismatch, looking after every unit. */
  const cries = (random: () => number, intended: number, actual: number, alpha: number): boolean => {
    const counts: [number, number] = [0, 0];
    for (let unit = 1; unit <= 2000; unit += 1) {
      counts[random() < actual ? 1 : 0] += 1;
      if (sampleRatio(counts, [1 - intended, intended], alpha).mismatch) return true;
    }
    return false;
  };

  it.each([0.5, 0.1, 0.01])('rarely cries wolf at a split of %d, though it looks after every unit', (share) => {
    expect(shareOfRuns((random) => cries(random, share, share, 0.05))).toBeLessThanOrEqual(atMost(0.05));
  });

  it('finds a split that is off', () => {
    expect(shareOfRuns((random) => cries(random, 0.5, 0.4, 0.001))).toBeGreaterThan(0.99);
    expect(shareOfRuns((random) => cries(random, 0.01, 0.05, 0.001))).toBeGreaterThan(0.99);
  });

  it('takes shares of any scale and any number of arms', () => {
    expect(sampleRatio([100, 200, 300], [1, 2, 3], 0.05)).toEqual(sampleRatio([100, 200, 300], [10, 20, 30], 0.05));
    expect(sampleRatio([0, 0], [1, 1], 0.05)).toEqual({ mismatch: false, p: 1 });
  });
});
