import { describe, expect, it } from 'vitest';
import { bar, counted, share, timeSpan, whole } from '../../../../cli/render/figures.ts';

describe('figures', () => {
  it.each([
    [0, '0.0s'],
    [9.94, '9.9s'],
    [9.96, '10s'],
    [59.4, '59s'],
    [59.6, '1m 00s'],
    [3599.6, '1h 00m'],
    [90_000, '1d 01h'],
  ])('tell %d seconds as %s', (seconds, text) => {
    expect(timeSpan(seconds)).toBe(text);
  });

  it('group digits and keep a decimal of a share', () => {
    expect(whole(135_233)).toBe('135,233');
    expect(share(0.4567)).toBe('45.7%');
    expect(counted(1, 'record')).toBe('1 record');
    expect(counted(1200, 'record')).toBe('1,200 records');
  });

  it('draw a bar of the same length whatever is done', () => {
    expect(bar(0.5, 10)).toBe('█████░░░░░');
    expect(bar(-1, 4)).toBe('░░░░');
    expect(bar(7, 4)).toBe('████');
  });
});
