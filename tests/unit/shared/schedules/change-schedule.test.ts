import { describe, expect, it } from 'vitest';
import { put, scheduleBed } from './schedule-bed.ts';

describe('a window', () => {
  it.each([
    'cron(0,10 13 * * ? *)',
    'cron(0,10 11 * * ? *)',
    // The first of a pair is just over: what is due next has a day to itself.
    'cron(55,5 11,12 * * ? *)',
  ])('may not reach into the next of any of the times of %s, at whatever time it is chosen', async (expression) => {
    const deps = scheduleBed();
    await expect(put(deps, { expression, windowMinutes: 30 })).rejects.toThrow('Its window of 30 minutes reaches into');
    await put(deps, { expression, windowMinutes: 9 });
  });
});
