import { describe, expect, it } from 'vitest';
import { cuped } from '../../../../shared/experiments/cuped.ts';
import { mannWhitney } from '../../../../shared/experiments/mann-whitney.ts';
import { meanDifferenceSequence } from '../../../../shared/experiments/mean-sequence.ts';
import { rateRatioSequence, shareSequence } from '../../../../shared/experiments/rate-ratio-sequence.ts';
import { sampleRatio } from '../../../../shared/experiments/sample-ratio.ts';
import { summaryOf } from '../../../../shared/experiments/summary.ts';
import { twoProportions } from '../../../../shared/experiments/two-proportions.ts';
import { welch } from '../../../../shared/experiments/welch.ts';

const fine = { n: 200, mean: 1, variance: 1 };
const half = { events: 5, total: 10 };
const pair = { value: 1, before: 1 };

describe('samples from which nothing can be concluded are refused', () => {
  it.each<[string, () => unknown, string]>([
    ['NaN among values', () => summaryOf([1, Number.NaN]), 'The sample has NaN at 1'],
    ['infinite values', () => mannWhitney([1], [Number.POSITIVE_INFINITY]), 'The treatment has Infinity at 0'],
    ['no values', () => mannWhitney([], [1]), 'The control has 0 values; 1 are needed'],
    ['one value where a variance is needed', () => summaryOf([1]), 'The sample has 1 values; 2 are needed'],
    ['a negative variance', () => welch(fine, { ...fine, variance: -1 }), 'The treatment has n 200, mean 1 and variance -1'],
    [
      'a NaN mean',
      () => meanDifferenceSequence({ ...fine, mean: Number.NaN }, fine, { alpha: 0.05, tightestAt: 9 }),
      'The control has n 200',
    ],
    ['an alpha of 0', () => meanDifferenceSequence(fine, fine, { alpha: 0, tightestAt: 9 }), 'alpha lies between 0 and 1'],
    ['more events than trials', () => twoProportions(half, { events: 11, total: 10 }), 'The treatment counts 11 of 10'],
    ['no trials', () => twoProportions({ events: 0, total: 0 }, half), 'A share needs at least one trial'],
    ['negative events', () => shareSequence({ events: -1, total: 10 }, 0.05), 'The sample counts -1 of 10'],
    [
      'infinite trials',
      () => rateRatioSequence(half, { events: 1, total: Number.POSITIVE_INFINITY }, 0.05),
      'The treatment counts 1 of Infinity',
    ],
    ['a NaN count', () => sampleRatio([1, Number.NaN], [1, 1], 0.05), 'The counts are 1, NaN'],
    ['a share of 0', () => sampleRatio([1, 1], [1, 0], 0.05), 'The shares are 1, 0'],
    ['an arm without a share', () => sampleRatio([1, 1], [1], 0.05), 'Each arm needs a count and a share'],
    ['one subject', () => cuped([pair], [pair, pair]), 'CUPED needs at least 2 subjects in each arm'],
    ['a NaN past', () => cuped([pair, pair], [pair, { value: 1, before: Number.NaN }]), 'The past has NaN at 3'],
  ])('%s', (_, call, message) => {
    expect(call).toThrow(expect.objectContaining({ code: 'INVALID_SAMPLE', message: expect.stringContaining(message) }));
  });
});

describe('samples that do not vary', () => {
  it("are compared for certain by Welch's t", () => {
    const constant = { n: 5, mean: 1, variance: 0 };
    expect(welch(constant, constant)).toMatchObject({ p: 1, pGreater: 0.5, t: 0 });
    expect(welch(constant, { ...constant, mean: 2 })).toMatchObject({ p: 0, pGreater: 0, difference: 1 });
    expect(welch(constant, { ...constant, mean: 0 })).toMatchObject({ p: 0, pGreater: 1 });
  });

  it('say nothing to the other tests', () => {
    const ones = Array.from({ length: 60 }, () => 1);
    expect(mannWhitney(ones, ones)).toMatchObject({ p: 1, pGreater: 0.5, superiority: 0.5 });
    expect(twoProportions({ events: 0, total: 100 }, { events: 0, total: 100 })).toMatchObject({ p: 1, difference: 0 });
    expect(cuped([pair, pair], [pair, pair])).toMatchObject({ theta: 0, reduction: 0 });
  });
});
