import * as z from 'zod';
import { approvalState } from '../approval/approval-state.ts';
import { runStatus } from '../run/run-state.ts';
import { workStatus } from '../run/work-state.ts';
import { checkResult } from '../validation/check-result.ts';
import { rolloutView } from './rollout-view.ts';

/** Times are epoch ms. */
const at = z.number();

export const runSummary = z.object({
  id: z.string(),
  plan: z.object({ name: z.string(), digest: z.string() }),
  target: z.string(),
  environment: z.string(),
  status: runStatus,
  direction: z.enum(['forward', 'back']),
  epoch: z.number(),
  actor: z.string(),
  createdAt: at,
  updatedAt: at,
  /** When it last came to rest. */
  endedAt: at.optional(),
  /** Why it is in this status. */
  reason: z.string().optional(),
  /** The person's next action, where there is one. */
  next: z.string().optional(),
  waitingFor: z.object({ resource: z.string(), holder: z.string(), since: at }).optional(),
  /** It outlives the time in which runs that have ended are kept. */
  keptUntil: at.optional(),
  /** It waits for its turn: 1 is the next, of so many that wait, and why. */
  turn: z.object({ position: z.number(), waiting: z.number(), reason: z.string() }).optional(),
});
export type RunSummary = z.output<typeof runSummary>;

const recordTally = z.object({ read: z.number(), written: z.number(), quarantined: z.number(), kept: z.number() });
const writeTally = z.object({ data: z.number(), checkpoints: z.number(), events: z.number() });
const verification = z.object({ compared: z.number(), mismatches: z.number() });

/** A record that is not in the target as it should be; an absent side of a field is left out. */
const recordDifference = z.object({
  key: z.record(z.string(), z.json()),
  problem: z.enum(['missing', 'different', 'collision', 'unexpected']),
  fields: z.record(z.string(), z.object({ expected: z.json().optional(), actual: z.json().optional() })),
});

/** How far a batch is: all of its segments together. */
const batchProgress = z.object({
  segments: z.number(),
  segmentsDone: z.number(),
  records: recordTally,
  /** The table's own count when the component was prepared: for percentages and estimates only. */
  approximateRecords: z.number(),
  recordsPerSecond: z.number(),
  /** At this rate; absent where it cannot be told. */
  secondsLeft: z.number().optional(),
  /** Records a write batch, over the segments at work. */
  batchSize: z.number(),
});

/** A stored result of a check; `scope` is the component, or `phase:NAME`. */
const storedCheck = checkResult.extend({ scope: z.string(), at });

export const componentView = z.object({
  name: z.string(),
  kind: z.string(),
  phase: z.string(),
  /** `pending`: not begun. */
  status: z.enum(['pending', ...workStatus.options]),
  /** Effects that stand, of how many. */
  steps: z.object({ done: z.number(), total: z.number() }).optional(),
  batch: batchProgress.optional(),
  rollout: rolloutView.optional(),
  verification: verification.extend({ differences: z.array(recordDifference) }).optional(),
  writes: writeTally,
  /** What later components can read. */
  outputs: z.json().optional(),
  failure: z.object({ code: z.string(), message: z.string(), step: z.number().optional() }).optional(),
  /** An effect that is under way, or of which nobody knows. */
  underWay: z.object({ step: z.number(), attempt: z.number(), back: z.boolean(), deadline: at }).optional(),
  approval: approvalState.optional(),
  /** For `wait`. */
  waitsUntil: at.optional(),
  notUndone: z.array(z.string()).optional(),
  startedAt: at.optional(),
  endedAt: at.optional(),
});
export type ComponentView = z.output<typeof componentView>;

/** All that `status` and `watch` show. */
export const runView = runSummary.extend({
  onFailure: z.enum(['rollback', 'stop']),
  canResume: z.boolean().optional(),
  /** Of a run that has gone back; `succeeded` are those that stay, where not all of it went back. */
  rolledBack: z.array(z.string()).optional(),
  /** Of a rollback that takes back one component and what came after it: what it leaves complete. */
  backTo: z.object({ component: z.string(), keeps: z.array(z.string()) }).optional(),
  succeeded: z.array(z.string()).optional(),
  failed: z.array(z.string()).optional(),
  notUndone: z.array(z.string()).optional(),
  /** In the order of the phases. */
  components: z.array(componentView),
  checks: z.array(storedCheck),
  /** Locks of the run and who holds them now. */
  locks: z.array(z.object({ resource: z.string(), holder: z.string(), since: at, fence: z.number() })),
  totals: z.object({ records: recordTally, verification, writes: writeTally }),
  /** From its creation to its end, or to now. */
  seconds: z.number(),
  /** True: nothing more happens until a person acts, or ever. */
  resting: z.boolean(),
});
export type RunView = z.output<typeof runView>;
