import type { Bed, ScenarioPlane } from '../../scenarios/bed.ts';
import type { PeerPlane } from './peer-plane.ts';
import { functionOf } from './user-functions.ts';

/** Scenarios of the embedded control plane that the peer cannot play. */
const LEFT_OUT: Bed['leftOut'] = {
  'fails what goes without a checkpoint for too long, and goes on where a retry finds it mended':
    'its time-outs are under a second, and a Lambda function has at least one',
};

/** Scenarios share one deployment, one after the other. */
export function peerBed(plane: () => PeerPlane): Bed {
  let played = 0;
  return {
    async start(): Promise<ScenarioPlane> {
      await plane().clear();
      return plane();
    },
    code: functionOf,
    target: (name) => `test/${name}-${++played}`,
    leftOut: LEFT_OUT,
  };
}
