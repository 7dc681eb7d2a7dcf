import type { ComponentView, RunView } from '../../shared/api/run-view.ts';
import type { Paint } from './paint.ts';

const STYLES: Readonly<Record<string, 'green' | 'red' | 'yellow' | 'cyan' | 'dim'>> = {
  succeeded: 'green',
  completed: 'green',
  pass: 'green',
  failed: 'red',
  'partially-failed': 'red',
  'rollback-failed': 'red',
  'undo-failed': 'red',
  ambiguous: 'red',
  fail: 'red',
  stopped: 'red',
  rollback: 'red',
  promote: 'green',
  hold: 'yellow',
  alert: 'yellow',
  insufficient: 'yellow',
  'rolled-back': 'yellow',
  'rolling-back': 'yellow',
  undone: 'yellow',
  held: 'yellow',
  paused: 'yellow',
  pausing: 'yellow',
  'awaiting-approval': 'yellow',
  pending: 'dim',
};

/** A status of a run, a component or a check in its colour. */
export const painted = (status: string, paint: Paint): string => paint[STYLES[status] ?? 'cyan'](status);

/** What the person is to do, where something waits for a person. */
export function askedFor({ components, id, next }: RunView): string[] {
  const asked = components.flatMap((component) => {
    const { name, approval, rollout } = component;
    return approval && !approval.decision
      ? [`${name} asks: ${approval.prompt}`, `slipway approve ${id} ${name}`, `slipway reject ${id} ${name} -m REASON`]
      : rollout?.waitsForPerson
        ? [`slipway promote ${id} ${name}`]
        : [];
  });
  return asked.length > 0 ? asked : next === undefined ? [] : [next];
}

/** What a person would call the status of a component: a batch and a wait are under way while theirs is `prepared`. */
export function doing({ kind, status, batch, rollout }: ComponentView): string {
  if (rollout?.enteredAt !== undefined) return rollout.waitsForPerson ? 'waiting' : 'watching';
  if (rollout && rollout.held.length > 0) return 'held';
  if (kind === 'approval' && status === 'working') return 'waiting';
  if (status !== 'prepared') return status;
  if (kind === 'wait') return 'waiting';
  return batch && batch.segments > 0 ? (batch.segmentsDone === batch.segments ? 'verifying' : 'working') : status;
}
