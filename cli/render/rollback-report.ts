import type { RollbackRecord } from '../../shared/run/rollback-record.ts';
import { moment, timeSpan } from './figures.ts';
import type { Paint } from './paint.ts';
import { oneLine } from './printable.ts';
import { table } from './table.ts';

/** One line a rollback, and one for each thing that was not undone. */
export function rollbackRows(rollbacks: readonly RollbackRecord[], paint: Paint): string[] {
  const rows = rollbacks.map(({ runId, plan, component, outcome, cause, by, startedAt, seconds, reason = '' }) => [
    runId,
    oneLine(plan),
    component ?? 'all',
    outcome === 'done' ? paint.green(outcome) : paint.red(outcome),
    cause,
    oneLine(by),
    moment(startedAt),
    seconds === undefined ? '-' : timeSpan(seconds),
    oneLine(reason),
  ]);
  const left = rollbacks.flatMap(({ runId, notUndone }) => notUndone.map((what) => `${runId} not undone: ${oneLine(what)}`));
  return [...table([['RUN', 'PLAN', 'WHAT', 'OUTCOME', 'CAUSE', 'BY', 'SINCE', 'TOOK', 'WHY'].map(paint.dim), ...rows]), ...left];
}
