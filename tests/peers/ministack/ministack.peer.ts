import { afterAll, beforeAll } from 'vitest';
import { withPeer } from '../../contracts/peer.ts';
import { batchScenarios } from '../../scenarios/batch-scenarios.ts';
import { eventScenarios } from '../../scenarios/event-scenarios.ts';
import { kindScenarios } from '../../scenarios/kind-scenarios.ts';
import { lockScenarios } from '../../scenarios/lock-scenarios.ts';
import { rolloutScenarios } from '../../scenarios/rollout-scenarios.ts';
import { taskScenarios } from '../../scenarios/task-scenarios.ts';
import { askingScenario } from './asking-scenario.ts';
import { citiesScenario } from './cities-scenario.ts';
import { cleaningScenario } from './cleaning-scenario.ts';
import { deliveryScenarios } from './delivery-scenarios.ts';
import { differenceScenarios } from './difference-scenarios.ts';
import { failureScenarios } from './failure-scenarios.ts';
import { grantedScenarios } from './granted-scenarios.ts';
import { guardrailScenarios } from './guardrail-scenarios.ts';
import { heldToRoles } from './held-to-roles.ts';
import { missingMiniStack } from './ministack.ts';
import { peerBed } from './peer-bed.ts';
import { PeerPlane } from './peer-plane.ts';
import { rotationScenarios } from './rotation-scenarios.ts';
import { scheduleScenarios } from './schedule-scenarios.ts';
import { tokenScenarios } from './token-scenarios.ts';

withPeer('MiniStack', missingMiniStack(), () => {
  let plane: PeerPlane;

  beforeAll(async () => {
    plane = await PeerPlane.deploy();
  });

  afterAll(() => plane?.stop());

  const bed = peerBed(() => plane);
  cleaningScenario(bed, () => plane);
  taskScenarios(bed);
  kindScenarios(bed);
  eventScenarios(bed);
  batchScenarios(bed);
  lockScenarios(bed);
  rolloutScenarios(bed);
  guardrailScenarios(bed, () => plane);
  citiesScenario(() => plane);
  deliveryScenarios(bed, () => plane);
  tokenScenarios(bed, () => plane);
  scheduleScenarios(bed, () => plane);
  grantedScenarios(bed, () => plane);
  rotationScenarios(() => plane);
  differenceScenarios(() => plane);
  failureScenarios(bed, () => plane);
  askingScenario(bed, () => plane);
  heldToRoles(() => plane);
});
