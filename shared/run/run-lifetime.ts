import type { Decision, DecisionContext } from './decision.ts';
import { hasEnded, type RunState } from './run-state.ts';

/** How long a run is there to be read. */
export type LifetimeCommand =
  /** `until` in epoch ms; one that is past: no longer than others. */
  | { readonly type: 'keep'; readonly until: number; readonly reason: string }
  /** Its time is over, where it ended before `endedBefore` (epoch ms). */
  | { readonly type: 'expire'; readonly endedBefore: number };

export const decideLifetime = (run: RunState, command: LifetimeCommand, context: DecisionContext): Decision =>
  command.type === 'keep' ? decideKeeping(command, context) : decideExpiry(run, command, context);

type Keeping = Extract<LifetimeCommand, { type: 'keep' }>;

function decideKeeping({ until, reason }: Keeping, { now, actor }: DecisionContext): Decision {
  const change = until > now ? { set: { keptUntil: until } } : { remove: ['keptUntil'] };
  return { event: { type: 'runKept', actor, data: { until, reason } }, change };
}

/** Only what has ended goes: a run that rests, failed or stopped, holds locks and waits for a person. */
function decideExpiry(
  run: RunState,
  { endedBefore }: Extract<LifetimeCommand, { type: 'expire' }>,
  { now, actor }: DecisionContext,
): Decision {
  if (!hasEnded(run)) return { refused: `${run.id} is ${run.status}` };
  const endedAt = run.endedAt ?? run.updatedAt;
  if (endedAt >= endedBefore) return { refused: `${run.id} has not been over for long enough` };
  if (endedAt + (run.rollbackWindow ?? 0) >= now) return { refused: `The rollback window of ${run.id} is open` };
  if (run.keptUntil !== undefined && run.keptUntil > now) return { refused: `${run.id} is kept` };
  return {
    event: { type: 'runExpired', actor, data: { plan: run.plan.name, target: run.target, status: run.status } },
    change: { set: { expiredAt: now, open: EXPIRED, openSort: run.id }, remove: ['listing', 'listingSort'] },
  };
}

/** Under it are the runs of which something is left to remove. */
export const EXPIRED = 'expired';
