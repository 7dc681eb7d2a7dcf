import { describe, expect, it } from 'vitest';
import * as binomial from '../../../../shared/experiments/binomial-tail.ts';
import { cuped } from '../../../../shared/experiments/cuped.ts';
import * as gamma from '../../../../shared/experiments/log-gamma.ts';
import { mannWhitney } from '../../../../shared/experiments/mann-whitney.ts';
import * as normal from '../../../../shared/experiments/normal-tail.ts';
import { sampleRatio } from '../../../../shared/experiments/sample-ratio.ts';
import * as student from '../../../../shared/experiments/student-tail.ts';
import { summaryOf } from '../../../../shared/experiments/summary.ts';
import { twoProportions } from '../../../../shared/experiments/two-proportions.ts';
import { welch } from '../../../../shared/experiments/welch.ts';
import references from '../../../peers/scipy/references.json' with { type: 'json' };

/** Within 1e-9 of what SciPy says, relative to it: tails must be right where they are tiny. */
function expectClose(actual: number, reference: number, what: string): void {
  expect(Math.abs(actual - reference), `${what}: ${actual}, SciPy ${reference}`).toBeLessThanOrEqual(1e-9 * Math.abs(reference));
}

describe('agreement with SciPy to 1e-9', () => {
  it.each(references.tails)('$f($args)', ({ f, args, value }) => {
    const functions: Record<string, unknown> = { ...normal, ...student, ...binomial, ...gamma };
    const tail = functions[f] as (...args: number[]) => number;
    expectClose(tail(...args), value, f);
  });

  it.each(references.welch)("Welch's t of $t", ({ control, treatment, ...expected }) => {
    const result = welch(summaryOf(control), summaryOf(treatment));
    for (const key of ['t', 'degrees', 'p', 'pGreater'] as const) expectClose(result[key], expected[key], key);
    expectClose(result.interval.low ?? Number.NaN, expected.low, 'low');
    expectClose(result.interval.high ?? Number.NaN, expected.high, 'high');
  });

  it.each(references.twoProportions)('two proportions: $control against $treatment', ({ control, treatment, ...expected }) => {
    const result = twoProportions(control, treatment);
    expect(result.method).toBe(expected.method);
    expectClose(result.p, expected.p, 'p');
    expectClose(result.pGreater, expected.pGreater, 'pGreater');
    expectClose(result.interval.low ?? Number.NaN, expected.low, 'low');
    expectClose(result.interval.high ?? Number.NaN, expected.high, 'high');
  });

  it.each(references.mannWhitney)('Mann-Whitney U of $u ($method)', ({ control, treatment, ...expected }) => {
    const result = mannWhitney(control, treatment);
    expect(result).toMatchObject({ method: expected.method, u: expected.u });
    expectClose(result.p, expected.p, 'p');
    expectClose(result.pGreater, expected.pGreater, 'pGreater');
  });

  it('CUPED', () => {
    const { control, treatment, theta, reduction, p } = references.cuped;
    const result = cuped(control, treatment);
    expectClose(result.theta, theta, 'theta');
    expectClose(result.reduction, reduction, 'reduction');
    expectClose(welch(summaryOf(result.control), summaryOf(result.treatment)).p, p, 'p');
  });

  it.each(references.sampleRatio)('the sequential sample ratio of $counts', ({ counts, shares, p }) => {
    expectClose(sampleRatio(counts, shares, 1e-4).p, p, 'p');
  });
});
