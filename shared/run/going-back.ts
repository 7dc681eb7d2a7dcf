import type { Decision, DecisionContext } from './decision.ts';
import { impossible, moved, saidBy, takeover } from './run-moves.ts';
import { ACTIVE, type BackTo, hasEnded, type RunState, type TurnedBy } from './run-state.ts';

/** What may be asked of a run that goes back, or is to. */
export type BackCommand =
  /** Going back has every lock again; from here on it cannot be refused. */
  { readonly type: 'take-back' } | { readonly type: 'refuse-back'; readonly reason: string; readonly next: string } | GoBack;

export interface GoBack {
  readonly type: 'go-back';
  readonly reason: string;
  /** Why, for programs. */
  readonly code?: TurnedBy;
  /** Of a guardrail: the rollout that it watches. */
  readonly component?: string;
  /** The run's own execution turns it back and waits for the rollback, so it must not be stopped. */
  readonly nested?: boolean;
  /** A rollback that is under way already is enough. */
  readonly joins?: boolean;
  readonly stands?: Readonly<Record<string, boolean>>;
  /** Absent: everything goes back. */
  readonly backTo?: BackTo;
}

export const decideGoingBack = (run: RunState, command: BackCommand, context: DecisionContext): Decision => {
  if (command.type === 'take-back') return decideTaking(run, context);
  return command.type === 'refuse-back' ? decideRefusal(run, command, context) : decideGoBack(run, command, context);
};

/** How a person asks for the rollback that a run is in, or was in last, once more. */
export const rollbackCommand = ({ id, backTo }: Pick<RunState, 'id' | 'backTo'>): string =>
  `slipway rollback ${id}${backTo ? ` --component ${backTo.component}` : ''} -m REASON`;

/** Components that stand after a rollback, or that the one under way leaves as they are. */
export function keptBy({ status, succeeded, backTo }: RunState): readonly string[] {
  if (status === 'rolled-back') return succeeded ?? [];
  return status === 'rolling-back' || status === 'rollback-failed' ? (backTo?.keeps ?? []) : [];
}

const decideTaking = (run: RunState, context: DecisionContext): Decision =>
  run.status === 'rolling-back'
    ? moved(run, 'rolling-back', context, { type: 'locksTaken', data: { epoch: run.epoch } }, { set: { backEpoch: run.epoch } })
    : impossible(run, 'go back');

/**
 * A run that had ended is as it was before, one that was under way rests: nobody works on it any more. Where this rollback has taken
 * its locks after all, there is nothing to refuse; where an earlier one had, something may be undone.
 */
function decideRefusal(
  run: RunState,
  command: Extract<BackCommand, { type: 'refuse-back' }>,
  context: DecisionContext,
): Decision {
  if (run.status !== 'rolling-back' || run.backEpoch === run.epoch) return impossible(run, 'refuse to go back');
  const { type: _, ...facts } = command;
  const undone = run.backEpoch !== undefined || run.before === undefined || ACTIVE.has(run.before);
  const status = undone ? 'rollback-failed' : (run.before ?? 'rollback-failed');
  const change = { set: { ...facts, endedAt: context.now }, remove: undone ? [] : ['backTo'] };
  return moved(run, status, context, { type: 'statusChanged', data: facts }, change);
}

function decideGoBack(run: RunState, command: GoBack, context: DecisionContext): Decision {
  const kept = keptBy(run);
  if (run.status !== 'succeeded' && hasEnded(run) && kept.length === 0)
    return { refused: `${run.id} is rolled back already`, next: `slipway status ${run.id}` };
  if (run.status === 'rolling-back' && !run.backTo && command.code === 'EMERGENCY_STOP' && run.turnedBy !== command.code)
    return joinedByStop(run, command, context);
  // However often and late an alarm is delivered: where going back was refused or has failed, a person is named to act.
  const late = command.code === 'GUARDRAIL_TRIPPED' && !kept.includes(command.component ?? '');
  if (
    run.status === 'rolling-back' &&
    command.joins &&
    (late || !run.backTo || command.backTo?.component === run.backTo.component)
  )
    return impossible(run, 'be turned back twice');
  if (run.direction === 'back' && late) return impossible(run, 'be turned back by a guardrail again');
  const part = command.backTo && refusePart(run, command.backTo);
  return part ?? turnBack(run, command, context);
}

/** Of a run that is under way nobody can say which components will be complete; a rollback, once begun, may only reach further. */
function refusePart(run: RunState, { component }: BackTo): Decision | undefined {
  const { id, status, backTo } = run;
  const same = backTo?.component === component;
  if (status === 'rolling-back' && !same)
    return { refused: `${id} goes back to ${backTo?.component ?? 'its beginning'} at this moment`, next: `slipway watch ${id}` };
  if (status === 'rollback-failed' && !same)
    return { refused: `The rollback of ${id} has failed and must end first`, next: run.next ?? rollbackCommand(run) };
  if (status !== 'rolling-back' && ACTIVE.has(status))
    return {
      refused: `${id} is ${status}: one component is taken back only of a run that rests`,
      next: `slipway pause ${id}, then again; or all of it: slipway rollback ${id} -m REASON`,
    };
  return undefined;
}

function turnBack(run: RunState, command: GoBack, context: DecisionContext): Decision {
  const epoch = run.epoch + 1;
  const { reason, code, backTo } = command;
  // Whatever was taken back before, or refused to be, is over: what comes now is a rollback of its own.
  const anew = hasEnded(run);
  return moved(
    run,
    'rolling-back',
    context,
    {
      type: 'takenOver',
      data: {
        reason,
        epoch,
        direction: 'back',
        ...(code && { code }),
        ...(backTo && { backTo: backTo.component, keeps: backTo.keeps }),
      },
    },
    {
      set: {
        ...takeover(run, 'rollback', epoch, command.nested),
        ...saidBy(command.stands),
        direction: 'back',
        reason,
        ...(code && { turnedBy: code }),
        ...(backTo && { backTo }),
        ...(run.direction === 'forward' || anew ? { before: run.status } : {}),
      },
      remove: [
        ...['next', 'canResume', 'endedAt', 'waitingFor'],
        ...(backTo ? [] : ['backTo']),
        ...(anew ? ['backEpoch'] : []),
        ...(anew && !code ? ['turnedBy'] : []),
      ],
    },
  );
}

/** An emergency stop leaves a rollback that is under way to its work, and says how it ends. */
const joinedByStop = (run: RunState, { reason }: GoBack, context: DecisionContext): Decision =>
  moved(
    run,
    'rolling-back',
    context,
    { type: 'statusChanged', data: { reason, code: 'EMERGENCY_STOP' } },
    { set: { reason, turnedBy: 'EMERGENCY_STOP' } },
  );
