import { describe, expect, it } from 'vitest';
import { windowClosed } from '../../../../shared/rollout/rollback-window.ts';
import { runState } from '../run/run-bed.ts';

describe('the rollback window', () => {
  it('is open while the run is under way, and until its time after the end', () => {
    expect(windowClosed(runState('running'), 0, 1e15)).toBe(false);
    expect(windowClosed(runState('succeeded', { endedAt: 1000 }), 500, 1500)).toBe(false);
    expect(windowClosed(runState('succeeded', { endedAt: 1000 }), 500, 1501)).toBe(true);
  });

  it('is closed once the run is back', () => {
    expect(windowClosed(runState('rolled-back', { endedAt: 1000 }), 500, 1000)).toBe(true);
  });
});
