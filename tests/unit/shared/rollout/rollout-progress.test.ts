import { describe, expect, it } from 'vitest';
import { progressOf } from '../../../../shared/rollout/rollout-progress.ts';

describe('the progress of a rollout', () => {
  it('is none before anything was entered', () => {
    expect(progressOf({})).toEqual({ promoted: 0, byHand: 0, heldByHand: false, held: [], alerts: [] });
  });

  it('is refused where it is no progress', () => {
    expect(() => progressOf({ progress: { promoted: 'two' } })).toThrow();
  });
});
