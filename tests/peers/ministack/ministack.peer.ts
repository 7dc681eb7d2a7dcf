import { afterAll, beforeAll } from 'vitest';
import { withPeer } from '../../contracts/peer.ts';
import { taskScenarios } from '../../scenarios/task-scenarios.ts';
import { missingMiniStack } from './ministack.ts';
import { peerBed } from './peer-bed.ts';
import { PeerPlane } from './peer-plane.ts';

withPeer('MiniStack', missingMiniStack(), () => {
  let plane: PeerPlane;

  beforeAll(async () => {
    plane = await PeerPlane.deploy();
  });

  afterAll(() => plane.stop());

  const bed = peerBed(() => plane);
  taskScenarios(bed);
});
