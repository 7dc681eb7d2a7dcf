import type { RunView } from '../../shared/api/run-view.ts';
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
  insufficient: 'yellow',
  'rolled-back': 'yellow',
  'rolling-back': 'yellow',
  undone: 'yellow',
  paused: 'yellow',
  pausing: 'yellow',
  'awaiting-approval': 'yellow',
  pending: 'dim',
};

/** A status of a run, a component or a check in its colour. */
export const painted = (status: string, paint: Paint): string => paint[STYLES[status] ?? 'cyan'](status);

/** What the person is to do, where something waits for a person. */
export function askedFor({ components, id, next }: RunView): string[] {
  const asked = components.flatMap(({ name, approval }) =>
    approval && !approval.decision
      ? [`${name} asks: ${approval.prompt}`, `slipway approve ${id} ${name}`, `slipway reject ${id} ${name} -m REASON`]
      : [],
  );
  return asked.length > 0 ? asked : next === undefined ? [] : [next];
}
