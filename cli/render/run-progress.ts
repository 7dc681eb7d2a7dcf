import type { ComponentView, RunView } from '../../shared/api/run-view.ts';
import { bar, counted, share, timeOfDay, timeSpan, whole } from './figures.ts';
import type { Paint } from './paint.ts';
import { oneLine } from './printable.ts';
import { lookedAt, rolloutLines, rolloutText } from './rollout-progress.ts';
import { askedFor, doing, painted } from './run-status.ts';
import { padEnd } from './text-width.ts';

/** A run under way as a block of lines for a terminal. `seconds` is its age now. */
export function progressLines(view: RunView, paint: Paint, columns: number, seconds = view.seconds): string[] {
  const width = Math.max(...view.components.map(({ name }) => name.length));
  const now = lookedAt(view);
  return [
    `${paint.bold(view.plan.name)} on ${view.target}  ${painted(view.status, paint)}  ${timeSpan(seconds)}  ${paint.dim(view.id)}`,
    ...(view.waitingFor ? [`  waits for ${view.waitingFor.resource}, held by ${view.waitingFor.holder}`] : []),
    ...(view.turn ? [`  ${turnText(view.turn)}`] : []),
    ...view.components.flatMap((component) => componentLines(component, width, paint, columns, now)),
    paint.dim(`  writes spent: ${writesText(view.totals.writes)}`),
    ...askedFor(view).map((line) => `  ${paint.yellow(line)}`),
  ].map(oneRow);
}

function componentLines(component: ComponentView, width: number, paint: Paint, columns: number, now: number): string[] {
  const { name, batch, steps, status, waitsUntil, rollout } = component;
  const head = `  ${padEnd(name, width)}  `;
  const said = painted(doing(component), paint);
  const indent = ' '.repeat(width + 4);
  if (rollout && status !== 'pending') {
    const lines = rolloutLines(rollout, now, paint, columns - indent.length - 1);
    return [`${head}${said}`, ...lines.map((line) => `${indent}${line}`)];
  }
  if (steps && status !== 'pending') return [`${head}${said}  step ${steps.done} of ${steps.total}`];
  if (waitsUntil !== undefined && status === 'prepared') return [`${head}${said}  waits until ${timeOfDay(waitsUntil)}`];
  if (!batch || status === 'pending') return [`${head}${said}`];
  const done = shareDone(component);
  const barColumns = Math.min(30, columns - width - 40);
  const shown = done === undefined || barColumns < 5 ? '' : `${paint.cyan(bar(done, barColumns))} ${share(done)}  `;
  return [`${head}${said}  ${shown}${whole(batch.records.read)} records`, `${indent}${paceText(component)}`];
}

/** A run under way as one line, for a log. */
export function progressLine(view: RunView, seconds = view.seconds): string {
  const active = view.components.filter(({ status }) => status === 'prepared' || status === 'working' || status === 'worked');
  const now = lookedAt(view);
  const parts = active.map((component) => [component.name, ...componentText(component, now)].join(' '));
  const asked = askedFor(view).map((line) => `; ${line}`);
  const waits = [
    ...(view.waitingFor ? [`waits for ${view.waitingFor.resource}, held by ${view.waitingFor.holder}`] : []),
    ...(view.turn ? [turnText(view.turn)] : []),
  ];
  return oneLine(
    [`${timeSpan(seconds)} ${view.status}`, ...waits, ...parts, `writes ${writesText(view.totals.writes)}`].join(' · ') +
      asked.join(''),
  );
}

const turnText = ({ position, waiting, reason }: NonNullable<RunView['turn']>): string =>
  `waits for its turn: ${position} of ${waiting}. ${reason}`;

function componentText(component: ComponentView, now: number): string[] {
  const { batch, steps, rollout } = component;
  if (rollout) return [rolloutText(rollout, now)];
  if (steps) return [`step ${steps.done} of ${steps.total}`];
  if (component.waitsUntil !== undefined) return [`waits until ${timeOfDay(component.waitsUntil)}`];
  if (!batch) return [doing(component)];
  const done = shareDone(component);
  return [`${whole(batch.records.read)} records${done === undefined ? '' : ` (${share(done)})`}, ${paceText(component)}`];
}

/** `6,210 records/s, 11s left, batch size 120, 0 quarantined`. */
function paceText({ batch, status }: ComponentView): string {
  if (!batch) return '';
  const { recordsPerSecond, secondsLeft, batchSize, records, segments, segmentsDone } = batch;
  const verifies = status === 'worked' || (segments > 0 && segmentsDone === segments);
  const eta = verifies ? 'verifying' : secondsLeft === undefined ? 'ETA unknown' : `ETA ${timeSpan(secondsLeft)}`;
  return [
    `${whole(recordsPerSecond)} records/s`,
    eta,
    `batch size ${batchSize === 0 ? '-' : whole(batchSize)}`,
    `${whole(records.quarantined)} quarantined`,
    `${segmentsDone}/${counted(segments, 'segment')} done`,
  ].join(', ');
}

/** Of the records that the table said it has; undefined where it said nothing. */
function shareDone({ batch, status }: ComponentView): number | undefined {
  if (!batch || batch.approximateRecords === 0) return undefined;
  if (status === 'completed' || status === 'worked') return 1;
  return Math.min(1, batch.records.read / batch.approximateRecords);
}

export const writesText = (writes: RunView['totals']['writes']): string =>
  `${whole(writes.data)} data, ${counted(writes.checkpoints, 'checkpoint')}, ${counted(writes.events, 'event')}`;

const oneRow = (line: string): string => line.replace(/[\n\t]+/g, ' ');
