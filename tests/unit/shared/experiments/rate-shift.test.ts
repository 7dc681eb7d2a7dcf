import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binomialDraw, seededRandom } from '../../../../bench/seeded-random.ts';
import {
  type Count,
  type Look,
  type RateShiftOptions,
  rateShift,
  STRICTNESS,
} from '../../../../shared/experiments/rate-shift.ts';

const count = (events: number, total: number): Count => ({ events, total });
const OPTIONS: RateShiftOptions = { ...STRICTNESS, ratio: 1.1, looksBefore: 0, before: [] };
const looks = (length: number, control: Count, treatment: Count): Look[] =>
  Array.from({ length }, () => ({ control, treatment }));

describe('rateShift', () => {
  it('says nothing of no looks', () => {
    expect(rateShift([], OPTIONS)).toBeNull();
  });

  it('finds a step of the last minute behind an hour without one', () => {
    const stepped = [...looks(354, count(5, 1000), count(5, 1000)), ...looks(6, count(5, 1000), count(20, 1000))];
    const shift = rateShift(stepped, OPTIONS);
    expect(shift).toMatchObject({ evidence: 'shifted', window: 6, treatment: count(120, 6000), control: count(30, 6000) });
    expect(shift?.steady).toEqual(count(1800, 360_000));
  });

  it('finds a small shift that lasts in a long window', () => {
    expect(rateShift(looks(60, count(50, 10_000), count(80, 10_000)), OPTIONS)).toMatchObject({
      evidence: 'shifted',
      window: 60,
    });
  });

  it('blames the treatment only for what the control does not share', () => {
    const incident = [...looks(54, count(5, 1000), count(5, 1000)), ...looks(6, count(50, 1000), count(52, 1000))];
    const shift = rateShift(incident, OPTIONS);
    expect(shift?.evidence).toBe('none');
    expect(shift?.steadyChance).toBeLessThan(1e-9);
  });

  it('puts up with the ratio that it is given', () => {
    const worse = looks(60, count(500, 100_000), count(600, 100_000));
    expect(rateShift(worse, OPTIONS)?.evidence).toBe('shifted');
    expect(rateShift(worse, { ...OPTIONS, ratio: 1.3 })?.evidence).toBe('none');
  });

  it('needs no event in the control, and no equal arms', () => {
    expect(rateShift(looks(30, count(0, 9900), count(3, 100)), OPTIONS)?.evidence).toBe('shifted');
    expect(rateShift(looks(30, count(30, 9900), count(0, 100)), OPTIONS)?.evidence).toBe('none');
    expect(rateShift(looks(3, count(0, 0), count(9, 10)), OPTIONS)?.evidence).toBe('none');
  });

  it('counts a burst as one event, where the control shows that events come in bursts', () => {
    const uneven = (length: number): Look[] =>
      Array.from({ length }, (_, index) => ({ control: count(index % 4 === 0 ? 20 : 0, 1000), treatment: count(5, 1000) }));
    const bursting = [...uneven(56), ...looks(4, count(5, 1000), count(20, 1000))];
    const even = [...looks(56, count(5, 1000), count(5, 1000)), ...looks(4, count(5, 1000), count(20, 1000))];
    const found = rateShift(bursting, OPTIONS);
    expect(found?.evidence).not.toBe('shifted');
    expect(found?.burst).toBeGreaterThan(10);
    expect(rateShift(even, OPTIONS)).toMatchObject({ evidence: 'shifted', burst: 1 });
  });

  it('takes neither a drift nor a step of the control for bursts', () => {
    const rising = Array.from({ length: 60 }, (_, index) => ({
      control: count(5 + index, 1000),
      treatment: count(5 + index, 1000),
    }));
    expect(rateShift(rising, OPTIONS)?.burst).toBe(1);
    const stepped = [...looks(30, count(5, 1000), count(5, 1000)), ...looks(30, count(50, 1000), count(50, 1000))];
    expect(rateShift(stepped, OPTIONS)?.burst).toBe(1);
  });

  it('spends alpha over the looks: the levels of all of them sum up to no more than it', () => {
    const level = (before: number): number =>
      rateShift(looks(1, count(0, 1), count(0, 1)), { ...OPTIONS, looksBefore: before })?.level ?? 1;
    const spent = Array.from({ length: 20_000 }, (_, before) => 6 * level(before)).reduce((sum, part) => sum + part, 0);
    expect(spent).toBeLessThan(OPTIONS.alpha);
    expect(spent).toBeGreaterThan(0.98 * OPTIONS.alpha);
  });

  it('never finds what is better, and is the surer the more events the treatment has', () => {
    const number = fc.integer({ min: 0, max: 50 });
    fc.assert(
      fc.property(number, number, fc.integer({ min: 1, max: 70 }), (control, treatment, length) => {
        const of = (events: number): number =>
          rateShift(looks(length, count(control, 100), count(events, 100)), OPTIONS)?.steadyChance ?? 1;
        if (treatment <= control) expect(of(treatment)).toBe(1);
        expect(of(treatment + 1)).toBeLessThanOrEqual(of(treatment));
      }),
    );
  });

  it('keeps false alarms below alpha at every look of a rollout, with an alpha large enough to be seen', () => {
    const alpha = 0.2;
    const falses = [0.002, 0.05, 0.5].map((rate) => {
      let found = 0;
      for (let seed = 1; seed <= 300; seed += 1) {
        const random = seededRandom(seed);
        const seen: Look[] = [];
        const isFalse = Array.from({ length: 60 }).some(() => {
          seen.push({
            control: count(binomialDraw(random, 300, rate), 300),
            treatment: count(binomialDraw(random, 300, rate), 300),
          });
          return rateShift(seen, { ratio: 1, alpha, concurrent: 1, looksBefore: 0, before: [] })?.evidence === 'shifted';
        });
        if (isFalse) found += 1;
      }
      return found / 300;
    });
    for (const share of falses) expect(share).toBeLessThanOrEqual(alpha);
  });
});
