import { describe, expect, it } from 'vitest';
import { simulateRotation } from './simulate-rotation.ts';

const SEEDS = 1000;

describe('rotation, simulated', () => {
  it(`leaves one current version that works and nothing else at the server, over ${SEEDS} seeds with crashes at every call`, async () => {
    let crashes = 0;
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const done = await simulateRotation(seed);
      expect(done.violations, `seed ${seed}`).toEqual([]);
      crashes += done.crashes;
    }
    expect(crashes).toBeGreaterThan(SEEDS);
  });
});
