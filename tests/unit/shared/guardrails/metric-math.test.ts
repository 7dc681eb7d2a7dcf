import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseMetricMath } from '../../../../shared/guardrails/metric-math.ts';

const evaluate = (expression: string, figures: Record<string, number | null> = {}): number | null => {
  const parsed = parseMetricMath(expression);
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.evaluate((name) => figures[name] ?? null);
};
const problem = (expression: string): string => {
  const parsed = parseMetricMath(expression);
  return parsed.ok ? '' : parsed.problem;
};

describe('parseMetricMath', () => {
  it.each([
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['8 / 4 / 2', 1],
    ['8 - 4 - 2', 2],
    ['-2 * -3', 6],
    ['--2', 2],
    ['1e3 + .5', 1000.5],
    [' 1\n+\t1 ', 2],
  ])('computes %s', (expression, value) => {
    expect(evaluate(expression)).toBe(value);
  });

  it('is missing where an operand is, and where it divides by zero', () => {
    expect(evaluate('a + 1')).toBeNull();
    expect(evaluate('-a')).toBeNull();
    expect(evaluate('a / b', { a: 1, b: 0 })).toBeNull();
    expect(evaluate('FILL(a, 0) + 1')).toBe(1);
    expect(evaluate('FILL(a, -2)', {})).toBe(-2);
    expect(evaluate('FILL(a, 0) + 1', { a: 4 })).toBe(5);
  });

  it('names the metrics once each', () => {
    expect(parseMetricMath('errors / requests * 100 + errors')).toMatchObject({ names: ['errors', 'requests'] });
  });

  it.each([
    ['', 'ends where'],
    ['1 +', 'ends where'],
    ['(1', 'its end where ) should be'],
    ['1)', 'has ) where it should end'],
    ['a b', 'has b where it should end'],
    ['RATE(a)', 'has RATE where a number'],
    ['IF(a > 1, 1, 0)', 'which is not arithmetic'],
    ['FILL(1, 0)', 'where the name of a metric should be'],
    ['FILL(a, b)', 'has b where a number should be'],
    ['a; b', 'which is not arithmetic'],
    ['process.exit()', 'which is not arithmetic'],
    ['1e999', 'where a number should be'],
    ['('.repeat(1000), 'nested more than 50 deep'],
    ['-'.repeat(1000), 'nested more than 50 deep'],
  ])('refuses %s', (expression, reason) => {
    expect(problem(expression)).toContain(reason);
  });

  it('never throws and never answers anything but a finite number or nothing', () => {
    const pieces = fc.constantFrom('a', 'b', '1', '0', '2.5', '+', '-', '*', '/', '(', ')', 'FILL', ',', ' ', '1e308', '$');
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), fc.double(), (parts, a) => {
        const parsed = parseMetricMath(parts.join(''));
        if (!parsed.ok) return parsed.problem.length > 0;
        const value = parsed.evaluate((name) => (name === 'a' && Number.isFinite(a) ? a : null));
        return value === null || Number.isFinite(value);
      }),
      { numRuns: 2000 },
    );
  });

  it('agrees with JavaScript on arithmetic', () => {
    const { expression } = fc.letrec<{ expression: string }>((tie) => ({
      expression: fc.oneof(
        { maxDepth: 5 },
        fc.integer({ min: 1, max: 99 }).map(String),
        fc.tuple(tie('expression'), fc.constantFrom('+', '-', '*'), tie('expression')).map(([a, op, b]) => `(${a} ${op} ${b})`),
        fc
          .tuple(tie('expression'), fc.constantFrom('+', '-', '*', '/'), fc.integer({ min: 1, max: 9 }))
          .map(([a, op, b]) => `${a} ${op} ${b}`),
      ),
    }));
    fc.assert(
      fc.property(expression, (text) => {
        const wanted = new Function(`return ${text}`)() as number;
        const value = evaluate(text);
        expect(value).toBe(Number.isFinite(wanted) ? wanted : null);
      }),
    );
  });
});
