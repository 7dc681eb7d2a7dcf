import { describe, expect, it } from 'vitest';
import { detectRegression, type RegressionOptions } from '../../../../shared/experiments/regression.ts';

const OPTIONS: RegressionOptions = { bad: 'high', alpha: 0.01, tolerance: 0.1, against: 'control' };
const times = (length: number, value: number): number[] => Array.from({ length }, () => value);

describe('detectRegression', () => {
  it('finds seven windows of 100 and three of 1 against ten of 1', () => {
    const found = detectRegression(times(10, 1), [...times(7, 100), ...times(3, 1)], OPTIONS);
    expect(found).toMatchObject({ finding: 'regression', test: { u: 85, superiority: 0.85, method: 'exact' } });
    expect(found.change).toBeCloseTo(69.3, 10);
    // All of 13 choose 3 ways out of 20 choose 10 in which the seven fall to the canary.
    expect(found.test.pGreater).toBeCloseTo(286 / 184_756, 15);
    expect(found.sentence).toBe('It got worse: mean 70.3 against 1 on the control; luck alone does that with chance 1.5e-3.');
  });

  it('only suspects what it sees against history', () => {
    const found = detectRegression(times(10, 1), times(10, 2), { ...OPTIONS, against: 'history' });
    expect(found).toMatchObject({ finding: 'suspected', sentence: expect.stringContaining('before') });
  });

  it('finds a fall where low values are bad, and no rise', () => {
    const low = { ...OPTIONS, bad: 'low' } as const;
    expect(detectRegression(times(8, 100), times(8, 50), low)).toMatchObject({ finding: 'regression', change: -0.5 });
    expect(detectRegression(times(8, 50), times(8, 100), low).finding).toBe('none');
    expect(detectRegression(times(8, 100), times(8, 50), OPTIONS).finding).toBe('none');
  });

  it('does not mind what is certain and does not matter, nor what matters and is luck', () => {
    expect(detectRegression(times(20, 100), times(20, 105), OPTIONS).finding).toBe('none');
    expect(detectRegression([1, 2, 3, 4, 5], [1, 2, 3, 4, 50], OPTIONS).finding).toBe('none');
  });

  it('says so where there is too little data', () => {
    expect(detectRegression(times(3, 1), times(9, 100), OPTIONS).finding).toBe('too-little-data');
  });

  it('compares with a baseline of zeros', () => {
    expect(detectRegression(times(10, 0), times(10, 3), OPTIONS)).toMatchObject({ finding: 'regression', change: null });
    expect(detectRegression(times(10, 0), times(10, 0), OPTIONS).finding).toBe('none');
  });
});
