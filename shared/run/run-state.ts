import * as z from 'zod';
import { SchemaTooNewError } from '../errors/store-errors.ts';
import type { Item } from '../ports/store.ts';
import { readOnce } from './read-once.ts';
import { SCHEMA_VERSION } from './writes.ts';

export const runStatus = z.enum([
  'queued',
  'running',
  'pausing',
  'paused',
  'awaiting-approval',
  'rolling-back',
  'succeeded',
  'rolled-back',
  'rollback-failed',
  'failed',
  'partially-failed',
  'stopped',
]);
export type RunStatus = z.output<typeof runStatus>;

/** An execution is (or should be) at work on the run; `reconcile` looks after these. */
export const ACTIVE: ReadonlySet<RunStatus> = new Set(['queued', 'running', 'pausing', 'awaiting-approval', 'rolling-back']);
/** Nothing more happens by itself and no lock is held: succeeded, or taken back, which after an emergency stop is called `failed`. */
export const hasEnded = ({ status, rolledBack }: Pick<RunState, 'status' | 'rolledBack'>): boolean =>
  status === 'succeeded' || status === 'rolled-back' || (status === 'failed' && rolledBack !== undefined);

/** Why a run was turned back where neither a failure of its own nor a person's word about this very run did it. */
export const turnedBy = z.enum(['GUARDRAIL_TRIPPED', 'EMERGENCY_STOP']);
export type TurnedBy = z.output<typeof turnedBy>;

export const storedEvent = z.object({
  type: z.string(),
  rev: z.number(),
  epoch: z.number(),
  /** Epoch ms. */
  at: z.number(),
  actor: z.string(),
  data: z.record(z.string(), z.json()),
  prev: z.string(),
  hash: z.string(),
});
export type StoredEvent = z.output<typeof storedEvent>;

/** How far a rollback goes that takes back one component of a run, and what came after it. */
export const backTo = z.object({
  component: z.string(),
  /** Components that it leaves complete. */
  keeps: z.array(z.string()),
  /** Their flags, with the rollout that shifts each. */
  flags: z.record(z.string(), z.string()),
});
export type BackTo = z.output<typeof backTo>;

export const runState = z.object({
  id: z.string(),
  plan: z.object({ name: z.string(), digest: z.string() }),
  target: z.string(),
  environment: z.string(),
  status: runStatus,
  direction: z.enum(['forward', 'back']),
  epoch: z.number(),
  rev: z.number(),
  /** The execution that speaks for the run under this epoch: its name, known before it starts. */
  execution: z.string(),
  machine: z.enum(['run', 'rollback']),
  /** ARNs of executions of earlier epochs, to be stopped. */
  executions: z.array(z.string()),
  actor: z.string(),
  createdAt: z.number(),
  updatedAt: z.number(),
  endedAt: z.number().optional(),
  onFailure: z.enum(['rollback', 'stop']),
  /** Lock resources in the order in which they are taken. */
  resources: z.array(z.string()),
  /** Flags whose traffic the run shifts: owned from its admission to its end. */
  flags: z.array(z.string()).default([]),
  /** Fences by resource, once every lock is held. */
  fences: z.record(z.string(), z.number()).optional(),
  /** Components in the order of the plan's phases. */
  components: z.array(z.object({ name: z.string(), kind: z.string(), phase: z.string() })),
  waitingFor: z.object({ resource: z.string(), holder: z.string(), since: z.number() }).optional(),
  /** The role that its actor had. */
  role: z.string().optional(),
  /** The higher the sooner. */
  priority: z.number().default(0),
  /** Of each it takes one permit while it is under way. */
  semaphores: z.array(z.string()).default([]),
  /** It has, or has had, a place among those that wait for a slot or hold one. */
  queued: z.boolean().optional(),
  reason: z.string().optional(),
  failed: z.array(z.string()).optional(),
  succeeded: z.array(z.string()).optional(),
  canResume: z.boolean().optional(),
  /** The person's next action, where there is one. */
  next: z.string().optional(),
  notUndone: z.array(z.string()).optional(),
  turnedBy: turnedBy.optional(),
  /** Of a run that has gone back: the components that were taken back. */
  rolledBack: z.array(z.string()).optional(),
  /** A person's word on manual effects, given with the last takeover: `component/step` -> it stands. */
  stands: z.record(z.string(), z.boolean()).optional(),
  /** The last epoch under which going back had every lock: something may be undone. */
  backEpoch: z.number().optional(),
  /** Locks that were taken away from it. */
  broken: z.array(z.string()).optional(),
  /** Of a rollback that does not take back all of it. */
  backTo: backTo.optional(),
  /** The status before this rollback began, to return to where it is refused. */
  before: runStatus.optional(),
  options: z.record(z.string(), z.json()).optional(),
  /** The key under which it was started: free again once the run is removed. */
  startKey: z.string().optional(),
  /** So long after its end a guardrail may still take it back, and a person wants to, ms. */
  rollbackWindow: z.number().optional(),
  /** It outlives the retention until then. */
  keptUntil: z.number().optional(),
  /** Its time was over then: from here on nobody reads it or works on it, and what is left of it is removed. */
  expiredAt: z.number().optional(),
  lastEvent: storedEvent.optional(),
  writeId: z.string().optional(),
});
export type RunState = z.output<typeof runState>;

export const readRun = readOnce((item): RunState => runState.parse(readable(item)));

/** Refuses an item of a newer release. */
export function readable(item: Item): Item {
  const version = item['schemaVersion'];
  if (typeof version === 'number' && version > SCHEMA_VERSION) {
    throw new SchemaTooNewError(
      `${item.pk} ${item.sk} was written by a newer release (schema ${version}; this one reads up to ${SCHEMA_VERSION})`,
      { next: 'Upgrade Slipway to the release that wrote it.' },
    );
  }
  return item;
}
