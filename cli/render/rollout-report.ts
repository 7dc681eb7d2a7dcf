import type { RolloutView, StageVerdict } from '../../shared/api/rollout-view.ts';
import type { ComponentView } from '../../shared/api/run-view.ts';
import { moment, timeSpan, whole } from './figures.ts';
import type { Paint } from './paint.ts';
import { watchedText } from './rollout-progress.ts';
import { painted } from './run-status.ts';
import { stageLadder, stageName } from './stage-ladder.ts';
import { table } from './table.ts';
import { widthOf, wrapped } from './text-width.ts';

/** All that is known of a rollout: where it is, why it does not go on, and what was found at the last look. */
export function rolloutReport({ name, rollout }: ComponentView, now: number, paint: Paint, columns: number): string[] {
  if (!rollout) return [];
  const { flag, from, to, verdict } = rollout;
  const shown = new Set(verdict?.checks.map(({ sentence }) => sentence));
  // What a check of the table below says is not said twice.
  const held = rollout.held.filter((sentence) => !shown.has(sentence));
  const watched = watchedText(rollout, now);
  return [
    '',
    `Rollout ${paint.bold(name)}: flag ${flag}, from ${from} to ${to}`,
    `  ${stageLadder(rollout, paint, columns - 2)}`,
    ...(watched === undefined ? [] : [`  ${nameOf(rollout)} ${watched}`]),
    ...held.flatMap((sentence) =>
      wrapped(sentence, columns - 8).map((line, index) => `  ${index === 0 ? 'Held: ' : '      '}${paint.yellow(line)}`),
    ),
    ...(verdict ? verdictLines(verdict, rollout, paint, columns) : []),
  ];
}

const nameOf = ({ stages, stage }: RolloutView): string => {
  const at = stages[stage ?? 0];
  return at ? stageName(at) : '';
};

function verdictLines(verdict: StageVerdict, { stages }: RolloutView, paint: Paint, columns: number): string[] {
  const { decision, byHand, at, checks, stage, percent } = verdict;
  const where = stageName(stages[stage] ?? { percent, customers: 0 });
  const hand = byHand ? ', promoted by a person' : '';
  const head = `  Verdict at ${where}: ${painted(decision, paint)}${hand}${at === undefined ? '' : paint.dim(`  ${moment(at)}`)}`;
  if (checks.length === 0) return [head];
  const titles = ['CHECK', 'FOUND', 'LIMIT', 'OLD', 'NEW', ''].map(paint.dim);
  const rows = checks.map(({ name, value, limit, sample, outcome }) => [
    name,
    figure(name, value),
    figure(name, limit),
    count(sample.control),
    count(sample.treatment),
    painted(outcome, paint),
  ]);
  const [title = '', ...cells] = table([titles, ...rows], [1, 2, 3, 4]);
  const left = Math.max(title.length, ...cells.map(widthOf)) + 2;
  return [
    head,
    `    ${title}`,
    ...cells.flatMap((row, index) => withSentence(row, checks[index]?.sentence ?? '', left, columns - 4)),
  ];
}

/** The shortest column in which a sentence can be read. */
const READABLE = 36;

/** A sentence stands in the last column, or below where that has no room. */
function withSentence(row: string, sentence: string, left: number, columns: number): string[] {
  const room = columns - left;
  if (room < READABLE) return [`    ${row}`, ...wrapped(sentence, columns - 2).map((line) => `      ${line}`)];
  const gap = ' '.repeat(Math.max(0, left - widthOf(row)));
  return wrapped(sentence, room).map((line, index) => `    ${index === 0 ? `${row}${gap}` : ' '.repeat(left)}${line}`);
}

const count = (value: number | null): string => (value === null ? '-' : whole(value));
/** A bake time, which a check has in minutes, as a span; whole numbers as they are, anything else to three digits. */
function figure(check: string, value: number | null): string {
  if (value === null) return '-';
  // Begun seconds do not count, as in its sentence.
  if (check === 'bake') return timeSpan(value < 1 / 6 ? value * 60 : Math.floor(value * 60));
  return Number.isInteger(value) ? whole(value) : String(Number(value.toPrecision(3)));
}
