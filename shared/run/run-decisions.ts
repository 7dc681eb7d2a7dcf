import type { Decision, DecisionContext } from './decision.ts';
import type { EventDraft } from './event-chain.ts';
import { type BackCommand, decideGoingBack, rollbackCommand } from './going-back.ts';
import type { Change } from './journal.ts';
import { decideLifetime, type LifetimeCommand } from './run-lifetime.ts';
import { impossible, moved, saidBy, takeover } from './run-moves.ts';
import { ACTIVE, hasEnded, type RunState, type RunStatus } from './run-state.ts';

/** What may be asked of a run; each is answered by `decideRun` without I/O. */
export type RunCommand =
  | LifetimeCommand
  | BackCommand
  | { readonly type: 'admit'; readonly fences: Readonly<Record<string, number>>; readonly slot?: boolean }
  /** It has its locks and waits for a slot. */
  | { readonly type: 'queue'; readonly reason: string }
  | { readonly type: 'wait'; readonly on: { readonly resource: string; readonly holder: string; readonly since: number } }
  | { readonly type: 'await-approval'; readonly component: string }
  | { readonly type: 'approval-decided'; readonly component: string }
  | { readonly type: 'pause' }
  | {
      readonly type: 'rest';
      readonly status: RunStatus;
      readonly reason: string;
      readonly next?: string;
      readonly succeeded?: readonly string[];
      readonly failed?: readonly string[];
      readonly canResume?: boolean;
      readonly notUndone?: readonly string[];
      readonly rolledBack?: readonly string[];
      /** What was used for the run by then, for its timeline. */
      readonly usage?: Readonly<Record<string, number>>;
    }
  | {
      readonly type: 'go-on';
      readonly reason: string;
      readonly stands?: Readonly<Record<string, boolean>>;
      readonly digest?: string;
    }
  /** A lock of the run is to be taken away: from here on no writer of it can write. */
  | { readonly type: 'break'; readonly resource: string; readonly reason: string };

const RESUMABLE: ReadonlySet<RunStatus> = new Set(['paused', 'failed', 'partially-failed', 'stopped', ...ACTIVE]);

/** decide(state, command) -> event and change, or why not. Pure. */
export function decideRun(run: RunState, command: RunCommand, context: DecisionContext): Decision {
  switch (command.type) {
    case 'admit':
      return decideAdmission(run, command, context);
    case 'wait':
      return decideWaiting(run, command, context);
    case 'queue':
      return decideQueueing(run, command, context);
    case 'await-approval':
      return run.status === 'running' || run.status === 'awaiting-approval'
        ? moved(
            run,
            'awaiting-approval',
            context,
            { type: 'approvalRequested', data: { component: command.component } },
            { set: { next: `slipway approve ${run.id} ${command.component}` } },
          )
        : impossible(run, 'ask for approval');
    case 'approval-decided':
      return run.status === 'awaiting-approval'
        ? moved(run, 'running', context, { type: 'statusChanged', data: { component: command.component } }, { remove: ['next'] })
        : impossible(run, 'go on after an approval');
    case 'break':
      return decideBreak(run, command, context);
    case 'pause':
      return decidePause(run, context);
    case 'rest':
      return decideRest(run, command, context);
    case 'go-on':
      return decideGoOn(run, command, context);
    case 'take-back':
    case 'refuse-back':
    case 'go-back':
      return decideGoingBack(run, command, context);
    case 'keep':
    case 'expire':
      return decideLifetime(run, command, context);
  }
}

const MAY_TAKE_LOCKS: ReadonlySet<RunStatus> = new Set(['queued', 'running', 'pausing']);

/** The wish to pause outlives the admission: the first step reads it. */
function decideAdmission(
  run: RunState,
  { fences, slot }: Extract<RunCommand, { type: 'admit' }>,
  context: DecisionContext,
): Decision {
  if (!MAY_TAKE_LOCKS.has(run.status)) return impossible(run, 'admit');
  const status = run.status === 'pausing' ? 'pausing' : 'running';
  const set = { fences, ...(slot && { queued: true }) };
  return moved(run, status, context, { type: 'locksTaken', data: { fences } }, { set, remove: ['waitingFor'] });
}

function decideQueueing(run: RunState, { reason }: Extract<RunCommand, { type: 'queue' }>, context: DecisionContext): Decision {
  if (!MAY_TAKE_LOCKS.has(run.status)) return impossible(run, 'wait for its turn');
  const event: EventDraft = { type: 'statusChanged', data: { queued: reason } };
  return moved(run, run.status, context, event, { set: { queued: true }, remove: ['waitingFor'] });
}

function decideWaiting(run: RunState, { on }: Extract<RunCommand, { type: 'wait' }>, context: DecisionContext): Decision {
  if (!MAY_TAKE_LOCKS.has(run.status)) return impossible(run, 'wait for a lock');
  if (run.waitingFor?.resource === on.resource && run.waitingFor.holder === on.holder)
    return { refused: `${run.id} waits for ${on.holder} already` };
  const event: EventDraft = { type: 'statusChanged', data: { waitingFor: { ...on } } };
  return moved(run, run.status, context, event, { set: { waitingFor: { ...on } } });
}

function decidePause(run: RunState, context: DecisionContext): Decision {
  if (run.status === 'rolling-back')
    return { refused: `${run.id} is going back and cannot be paused`, next: `slipway watch ${run.id}` };
  if (run.status === 'pausing' || (run.status === 'paused' && run.direction === 'forward'))
    return { refused: `${run.id} is ${run.status} already`, next: `slipway resume ${run.id}` };
  if (!ACTIVE.has(run.status)) return impossible(run, 'pause');
  return moved(run, 'pausing', context, { type: 'statusChanged' }, {});
}

function decideRest(run: RunState, command: Extract<RunCommand, { type: 'rest' }>, context: DecisionContext): Decision {
  // A late repeat of an earlier ending must not rewrite it.
  if (!ACTIVE.has(run.status)) return { refused: `${run.id} is ${run.status} already` };
  const { type: _, status: wanted, usage, ...facts } = command;
  // What an emergency stop ends did not do what it was started for, however cleanly it was taken back.
  const stopped = wanted === 'rolled-back' && run.turnedBy === 'EMERGENCY_STOP';
  const status = stopped ? 'failed' : wanted;
  const lift = { next: `slipway stop --lift --environment ${run.environment} -m REASON, then start the plan again` };
  const set = { ...facts, ...(stopped ? lift : {}), endedAt: context.now } as NonNullable<Change['set']>;
  const remove = ['waitingFor', ...RESTING.filter((name) => !(name in set))];
  return moved(
    run,
    status,
    context,
    { type: 'statusChanged', data: { ...(facts as object), ...(usage && { usage }) } },
    { set, remove },
  );
}

/** What an ending may say; what it does not say goes, since an earlier ending said it. */
const RESTING = ['next', 'succeeded', 'failed', 'canResume', 'notUndone', 'rolledBack'] as const;

/** What was under way rests for a person: a run that has lost a lock goes forward no more. */
function decideBreak(
  run: RunState,
  { resource, reason }: Extract<RunCommand, { type: 'break' }>,
  context: DecisionContext,
): Decision {
  if (hasEnded(run)) return impossible(run, 'be seized');
  const epoch = run.epoch + 1;
  const resting = run.direction === 'back' ? 'rollback-failed' : 'stopped';
  const next = `${rollbackCommand(run)}, where nobody has touched ${resource} since`;
  return moved(
    run,
    ACTIVE.has(run.status) ? resting : run.status,
    context,
    { type: 'lockBroken', data: { resource, reason, epoch } },
    {
      set: {
        ...takeover(run, run.machine, epoch),
        broken: [...new Set([...(run.broken ?? []), resource])],
        endedAt: context.now,
        canResume: false,
        next,
      },
      remove: ['waitingFor'],
    },
  );
}

/** Direction only turns back: forward work goes on only in a run that has never turned. */
function decideGoOn(run: RunState, command: Extract<RunCommand, { type: 'go-on' }>, context: DecisionContext): Decision {
  if (run.direction === 'back')
    return { refused: `${run.id} has turned back; going forward again is a new run`, next: 'slipway start FILE' };
  if (run.broken)
    return {
      refused: `${run.id} has lost ${run.broken.join(', ')}; going forward again is a new run`,
      next: 'slipway start FILE',
    };
  if (!RESUMABLE.has(run.status)) return impossible(run, 'go on');
  const epoch = run.epoch + 1;
  return moved(
    run,
    run.fences && !run.queued ? 'running' : 'queued',
    context,
    { type: 'takenOver', data: { reason: command.reason, epoch, direction: 'forward' } },
    {
      set: {
        ...takeover(run, 'run', epoch),
        ...saidBy(command.stands),
        ...(command.digest === undefined ? {} : { plan: { ...run.plan, digest: command.digest } }),
      },
      remove: ['next', 'reason', 'failed', 'succeeded', 'canResume', 'endedAt'],
    },
  );
}
