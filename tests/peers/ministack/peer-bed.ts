import type { Bed, ScenarioPlane } from '../../scenarios/bed.ts';
import type { PeerPlane } from './peer-plane.ts';

/** Scenarios of the embedded control plane that the peer cannot play. */
const LEFT_OUT: Bed['leftOut'] = {
  'fails what goes without a checkpoint for too long, and goes on where a retry finds it mended':
    'its time-outs are under a second, and a Lambda function has at least one',
  'applies the default reject when nobody answers': 'the time-out of an approval is fixed in the dialect of the peer',
  'applies the default approve when nobody answers': 'the same',
  'tries the records that failed again, with the transform as it is now':
    'it edits the code beside the plan, and deployed code is no file there',
  'tells why it cannot be prepared, and is prepared afresh by a retry': 'the same',
};

/** Scenarios share one deployment, one after the other. */
export function peerBed(plane: () => PeerPlane): Bed {
  let played = 0;
  return {
    async start(): Promise<ScenarioPlane> {
      await plane().clear();
      return plane();
    },
    code: (name) => name,
    target: (name) => `test/${name}-${++played}`,
    leftOut: LEFT_OUT,
  };
}
