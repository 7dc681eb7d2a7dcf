import { describe, expect, it } from 'vitest';
import { datapointProblem, seriesProblem } from '../../../../shared/guardrails/datapoint.ts';
import type { Datapoint } from '../../../../shared/ports/metrics.ts';

const now = Date.UTC(2026, 4, 4, 12);
const DAY_MS = 86_400_000;
const problem = (more: Partial<Datapoint>) => datapointProblem({ at: now, values: [1], ...more }, now);

describe('datapointProblem', () => {
  it('finds none in what CloudWatch takes', () => {
    expect(problem({ values: [0, -2.5, 2 ** 360, -(2 ** 360)], counts: [1, 0, 0.5, 9] })).toBeUndefined();
    expect(problem({ at: now + 10_000 })).toBeUndefined();
    expect(problem({ at: now - 14 * DAY_MS })).toBeUndefined();
  });

  it('says what is wrong with the rest', () => {
    expect(problem({ at: now + 11_000 })).toBe('lies 11 s in the future');
    expect(problem({ at: now - 15 * DAY_MS })).toBe('is more than two weeks old');
    expect(problem({ at: Number.NaN })).toBe('has the time NaN');
    expect(problem({ values: [] })).toBe('has no values');
    expect(problem({ values: [1, Number.NaN] })).toBe('has the value NaN');
    expect(problem({ values: [Number.NEGATIVE_INFINITY] })).toBe('has the value -Infinity');
    expect(problem({ values: [-1e200] })).toBe('has the value -1e+200');
    expect(problem({ counts: [1, 2] })).toBe('has 1 values and 2 counts');
    expect(problem({ counts: [-1] })).toBe('has the count -1');
    expect(problem({ counts: [Number.POSITIVE_INFINITY] })).toBe('has the count Infinity');
  });
});

describe('seriesProblem', () => {
  const series = (more: object) => seriesProblem({ namespace: 'Slipway', metric: 'Errors', dimensions: {}, ...more });

  it('finds none in what CloudWatch takes', () => {
    expect(series({ metric: 'GET /search: errors', dimensions: { service: 'search', note: 'x'.repeat(1024) } })).toBeUndefined();
  });

  it('names what it would refuse', () => {
    const odd = [{ namespace: ':x' }, { metric: 'é' }, { dimensions: { a: '' } }, { dimensions: { a: 'b\n' } }];
    for (const more of odd) expect(series(more)).toMatch(/^has the name ".*", and only printable ASCII can be one$/);
    expect(series({ dimensions: { a: 'x'.repeat(1025) } })).toContain('x'.repeat(80));
  });
});
