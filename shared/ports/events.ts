import type { Value } from './store.ts';

export type EventType =
  | 'runCreated'
  | 'runKept'
  | 'runExpired'
  | 'statusChanged'
  | 'locksTaken'
  | 'rollbackPointCreated'
  | 'stepStarted'
  | 'checkpointCreated'
  | 'stepFailed'
  | 'stepUndone'
  | 'resourceUpdated'
  | 'componentCompleted'
  | 'componentFailed'
  | 'componentUndone'
  | 'ambiguousEffect'
  | 'approvalRequested'
  | 'approvalDecided'
  | 'validationRecorded'
  | 'validationAsked'
  | 'takenOver'
  | 'lockBroken'
  | 'stageEntered'
  | 'stageHeld'
  | 'stagePromoted'
  | 'stageLowered'
  | 'verdictRecorded'
  | 'guardrailAlert'
  | 'flagPut'
  | 'flagOwned'
  | 'flagShifted'
  | 'flagTripped'
  | 'flagRestored'
  | 'flagReleased'
  | 'secretSettingsPut'
  | 'rotationAsked'
  | 'rotationStepTaken'
  | 'rotationStepFailed'
  | 'rotationBegan'
  | 'rotationFailed'
  | 'rotationFinishing'
  | 'rotationFinished'
  | 'credentialRevoking'
  | 'credentialRevoked'
  | 'credentialKept'
  | 'revocationBegunAgain'
  | 'alertRaised'
  | 'alertTold'
  | 'alertAcknowledged'
  | 'alertResolved'
  | 'haltSet'
  | 'haltLifted'
  | 'limitsPut'
  | 'alertSettingsPut'
  | 'planPut'
  | 'schedulePut'
  | 'schedulePaused'
  | 'scheduleResumed'
  | 'scheduleDeleted'
  | 'scheduleDue'
  | 'scheduleRan'
  | 'cleanedUp'
  | 'webhookAdded'
  | 'webhookRotated'
  | 'webhookDisabled'
  | 'webhookEnabled'
  | 'webhookRemoved';

/** One entry of a run's timeline and audit trail. `hash` covers all else and `prev`, the hash of the item's event before. */
export interface RunEvent {
  readonly type: EventType;
  readonly runId: string;
  /** `RUN`, `COMPONENT#name`, `SEGMENT#component#n`, `VALIDATION#scope#check`, `ASKED#id`, `FLAG#environment#key`, `SECRET#id`, `HALT#environment`, `LIMITS`, `SETTINGS#alerts#environment`, `ALERT#id`, `WEBHOOK#id`, `SCHEDULE#environment#name` or `CLEANING`. */
  readonly item: string;
  readonly rev: number;
  readonly epoch: number;
  /** Epoch ms. */
  readonly at: number;
  readonly actor: string;
  readonly data: { readonly [name: string]: Value };
  readonly prev: string;
  readonly hash: string;
}

/** Where other parts and other systems hear of a run: an EventBridge bus, or an emitter. At least once, unordered between items. */
export interface Events {
  publish(events: readonly RunEvent[]): Promise<void>;
}
