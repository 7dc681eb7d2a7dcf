import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  duration,
  firstFall,
  formatDuration,
  formatPercent,
  percent,
  positiveDuration,
} from '../../../../shared/notation/quantities.ts';

describe('a duration', () => {
  it.each([
    ['0ms', 0],
    ['500ms', 500],
    ['2s', 2000],
    ['1.5h', 5_400_000],
    ['365d', 31_536_000_000],
  ])('reads %s', (text, ms) => expect(duration.parse(text)).toBe(ms));

  it.each(['', '5', '-1s', '1 s', '1e3s', '1w', '366d', `${'9'.repeat(400)}d`, '٣s'])('refuses %j', (text) => {
    expect(duration.safeParse(text).success).toBe(false);
  });

  it('is shown as it would be written', () => {
    expect([0, 1, 1500, 90_000, 86_400_000, 86_400_001].map(formatDuration)).toEqual([
      '0ms',
      '1ms',
      '1.5s',
      '1.5m',
      '1d',
      '86400001ms',
    ]);
    fc.assert(
      fc.property(fc.nat(31_536_000_000), (ms) => {
        expect(duration.parse(formatDuration(ms))).toBe(ms);
      }),
    );
  });

  it('must leave time where it bounds something', () => {
    expect(positiveDuration.safeParse('0.4ms').success).toBe(false);
    expect(positiveDuration.parse('1ms')).toBe(1);
  });
});

describe('a percentage', () => {
  it.each([
    ['0%', 0],
    ['0.1%', 0.001],
    ['100%', 1],
  ])('reads %s', (text, share) => {
    expect(percent.parse(text)).toBe(share);
    expect(formatPercent(share)).toBe(text);
  });

  it.each(['5', '-0.1%', '100.01%', '1e2%', '%', 'NaN%'])('refuses %j', (text) =>
    expect(percent.safeParse(text).success).toBe(false),
  );
});

it('finds the first number that falls', () => {
  expect([[], [1], [1, 1, 2], [1, 3, 2, 1]].map(firstFall)).toEqual([-1, -1, -1, 2]);
});
