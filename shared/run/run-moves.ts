import type { Decision, DecisionContext } from './decision.ts';
import type { EventDraft } from './event-chain.ts';
import type { Change } from './journal.ts';
import { ACTIVE, type RunState, type RunStatus } from './run-state.ts';

/** A change of status, with the event that tells it. */
export function moved(run: RunState, status: RunStatus, context: DecisionContext, event: EventDraft, change: Change): Decision {
  const index = openAt(run, status);
  return {
    event: { ...event, actor: context.actor, data: { ...event.data, from: run.status, to: status } },
    change: {
      set: { ...index.set, ...change.set, status, updatedAt: context.now },
      remove: [...(index.remove ?? []), ...(change.remove ?? [])],
    },
  };
}

const openAt = (run: RunState, status: RunStatus): Change =>
  ACTIVE.has(status) ? { set: { open: 'run', openSort: run.id } } : { remove: ['open', 'openSort'] };

/** The attributes by which a new epoch speaks for the run. `nested`: the execution before waits for it, and is not to be stopped. */
export const takeover = (run: RunState, machine: RunState['machine'], epoch: number, nested = false) => ({
  epoch,
  machine,
  execution: executionName(run.id, epoch),
  executions: nested ? run.executions : [...run.executions, run.execution],
});

export const saidBy = (stands: Readonly<Record<string, boolean>> | undefined) => ({ stands: stands ?? {} });

export const executionName = (runId: string, epoch: number): string => `${runId}-${epoch}`;

export const impossible = (run: RunState, what: string): Decision => ({
  refused: `${run.id} is ${run.status} and cannot ${what}`,
  next: run.next ?? `slipway status ${run.id}`,
});
