import { describe, expect, it } from 'vitest';
import { windowClosed } from '../../../../shared/rollout/rollback-window.ts';
import { runState } from '../run/run-bed.ts';

describe('the rollback window', () => {
  it('is open while the run is under way, and until its time after the end', () => {
    expect(windowClosed(runState('running'), 'one', 0, 1e15)).toBe(false);
    expect(windowClosed(runState('succeeded', { endedAt: 1000 }), 'one', 500, 1500)).toBe(false);
    expect(windowClosed(runState('succeeded', { endedAt: 1000 }), 'one', 500, 1501)).toBe(true);
  });

  it('is closed once the run is back', () => {
    expect(windowClosed(runState('rolled-back', { endedAt: 1000 }), 'one', 500, 1000)).toBe(true);
  });

  it('of a rollout that stayed when another component was taken back is open until its time after that', () => {
    const run = runState('rolled-back', { endedAt: 1000, succeeded: ['one'], rolledBack: ['two'] });
    expect(windowClosed(run, 'one', 500, 1500)).toBe(false);
    expect(windowClosed(run, 'one', 500, 1501)).toBe(true);
    expect(windowClosed(run, 'two', 500, 1000)).toBe(true);
  });
});
