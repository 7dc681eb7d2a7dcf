import * as z from 'zod';
import type { RunState, StoredEvent } from './run-state.ts';

export const rollbackCause = z.enum(['guardrail', 'emergency-stop', 'failure', 'person']);
/** `refused`: a later run holds, or has held, what this one did; nothing was undone. */
export const rollbackOutcome = z.enum(['under-way', 'done', 'failed', 'refused']);

/** How a run was, or is, taken back. Times are epoch ms. */
export const rollbackRecord = z.object({
  runId: z.string(),
  plan: z.string(),
  target: z.string(),
  environment: z.string(),
  outcome: rollbackOutcome,
  cause: rollbackCause,
  /** Who turned it back: a person, or `slipway`. */
  by: z.string(),
  reason: z.string().optional(),
  /** When it was turned back first, and how often since. */
  startedAt: z.number(),
  attempts: z.number(),
  endedAt: z.number().optional(),
  /** From the first turn to the end. */
  seconds: z.number().optional(),
  /** Components that the run has; which of them are back as they were is told at the end. */
  components: z.array(z.string()),
  rolledBack: z.array(z.string()),
  /** Of a rollback of one component, that one; `kept` are those that it left complete. */
  component: z.string().optional(),
  kept: z.array(z.string()),
  /** What could not be undone, in sentences that begin with the component. */
  notUndone: z.array(z.string()),
  /** The person's next action, where there is one. */
  next: z.string().optional(),
});
export type RollbackRecord = z.output<typeof rollbackRecord>;

/** Of a run's own events those that turned it back last tell when and by whom; undefined where it was never turned. */
export function rollbackOf(run: RunState, events: readonly StoredEvent[]): RollbackRecord | undefined {
  if (run.direction !== 'back') return undefined;
  const all = events
    .filter(({ type, data }) => type === 'takenOver' && data['direction'] === 'back')
    .sort((a, b) => a.rev - b.rev);
  // One that came after a part of the run was back for good is a rollback of its own.
  const turns = all.slice(
    Math.max(
      0,
      all.findLastIndex(({ data }) => data['from'] === 'rolled-back'),
    ),
  );
  const [first] = turns;
  const outcome = outcomeOf(run);
  const startedAt = first?.at ?? run.updatedAt;
  const endedAt = outcome === 'under-way' ? undefined : run.endedAt;
  const by = first?.actor ?? run.actor;
  const { reason = run.reason } = (first?.data ?? {}) as { reason?: string };
  return {
    runId: run.id,
    plan: run.plan.name,
    target: run.target,
    environment: run.environment,
    outcome,
    cause: causeOf(run, by),
    by,
    ...(reason === undefined ? {} : { reason }),
    startedAt,
    attempts: Math.max(1, turns.length),
    ...(endedAt === undefined ? {} : { endedAt, seconds: Math.max(0, endedAt - startedAt) / 1000 }),
    components: run.components.map(({ name }) => name),
    rolledBack: outcome === 'done' ? (run.rolledBack ?? []) : [],
    ...(run.backTo === undefined ? {} : { component: run.backTo.component }),
    kept: outcome === 'refused' ? [] : (run.backTo?.keeps ?? []),
    notUndone: outcome === 'under-way' ? [] : (run.notUndone ?? []),
    ...(run.next === undefined ? {} : { next: run.next }),
  };
}

function outcomeOf({ status, rolledBack }: RunState): RollbackRecord['outcome'] {
  if (status === 'rolling-back') return 'under-way';
  if (status === 'rolled-back' || (status === 'failed' && rolledBack !== undefined)) return 'done';
  return status === 'rollback-failed' ? 'failed' : 'refused';
}

function causeOf({ turnedBy }: RunState, by: string): RollbackRecord['cause'] {
  if (turnedBy === 'GUARDRAIL_TRIPPED') return 'guardrail';
  if (turnedBy === 'EMERGENCY_STOP') return 'emergency-stop';
  return by === 'slipway' ? 'failure' : 'person';
}
