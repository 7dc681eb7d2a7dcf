import { describe, it } from 'vitest';
import { BATCHES } from '../../infra/iam/batch-scenarios.ts';
import { ROLLOUTS } from '../../infra/iam/rollout-scenarios.ts';
import { STEPS } from '../../infra/iam/step-scenarios.ts';
import { TOLD } from '../../infra/iam/told-scenarios.ts';
import type { Bed } from '../../scenarios/bed.ts';
import type { PeerPlane } from './peer-plane.ts';

/** Each may wait for a timer that comes every minute. */
const PATIENCE = 150_000;

/** What is recorded of the embedded control plane is asked here too, so that functions come to do what they are granted. */
export function grantedScenarios(bed: Bed, deployed: () => PeerPlane): void {
  describe('what functions are granted is asked in', () => {
    it.each(Object.entries({ ...BATCHES, ...STEPS, ...TOLD, ...ROLLOUTS }))(
      '%s',
      async (_name, play) => {
        await bed.start();
        await play(deployed(), bed.code);
      },
      PATIENCE,
    );
  });
}
