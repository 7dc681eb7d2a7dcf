import type { RunUsageView } from '../../shared/api/run-usage.ts';
import type { ComponentView, RunSummary, RunView } from '../../shared/api/run-view.ts';
import { moment, timeSpan, whole } from './figures.ts';
import type { Paint } from './paint.ts';
import { lookedAt } from './rollout-progress.ts';
import { rolloutReport } from './rollout-report.ts';
import { writesText } from './run-progress.ts';
import { askedFor, doing, painted } from './run-status.ts';
import { stageName } from './stage-ladder.ts';
import { padEnd } from './text-width.ts';
import { usedText } from './usage-report.ts';

/** All that is known of a run, for a person; what it has used where that was asked for. */
export function runReport(view: RunView & { readonly usage?: RunUsageView }, paint: Paint, columns = 120): string[] {
  const { totals, failed = [], rolledBack = [], notUndone = [], backTo, checks } = view;
  return [
    ...headLines(view, paint, ` ${view.endedAt === undefined ? 'for' : 'after'} ${timeSpan(view.seconds)}`),
    ...(failed.length === 0 ? [] : [`Failed: ${failed.join(', ')}`]),
    ...(rolledBack.length === 0 ? [] : [`Taken back: ${rolledBack.join(', ')}`]),
    ...(backTo ? [`Stays: ${backTo.keeps.join(', ')}`] : []),
    '',
    ...componentLines(view, paint),
    ...view.components.flatMap((component) => rolloutReport(component, lookedAt(view), paint, columns)),
    ...(checks.length === 0 ? [] : ['', 'Checks', ...checks.map((check) => checkLine(check, paint))]),
    ...(view.locks.length === 0 ? [] : ['', `Locks held: ${view.locks.map(({ resource }) => resource).join(', ')}`]),
    ...(notUndone.length === 0 ? [] : ['', 'Not undone', ...notUndone.map((what) => `  ${paint.red(what)}`)]),
    '',
    ...(totals.records.read === 0 ? [] : recordLines(totals)),
    `Writes:  ${writesText(totals.writes)}`,
    ...(view.usage ? [`Used:    ${usedText(view.usage)}`] : []),
    ...nextLines(askedFor(view), paint),
  ];
}

/** What the API tells of a run when it was commanded. */
export function summaryReport(run: RunSummary, paint: Paint): string[] {
  return [...headLines(run, paint, ''), ...nextLines(run.next === undefined ? [] : [run.next], paint)];
}

function headLines(run: RunSummary, paint: Paint, age: string): string[] {
  const { id, plan, target, status, actor, createdAt, reason, waitingFor, turn } = run;
  return [
    `${paint.bold(`Run ${id}`)}  ${plan.name} on ${target}`,
    `${painted(status, paint)}${age}, started by ${actor} at ${moment(createdAt)}`,
    ...(reason === undefined ? [] : reason.split('\n')),
    ...(waitingFor
      ? [`Waits for ${waitingFor.resource}, held by run ${waitingFor.holder} since ${moment(waitingFor.since)}`]
      : []),
    ...(turn ? [`Waits for its turn: ${turn.position} of ${turn.waiting}. ${turn.reason}.`] : []),
  ];
}

const nextLines = (next: readonly string[], paint: Paint): string[] =>
  next.length === 0 ? [] : ['', ...next.map((line, index) => `${index === 0 ? 'Next:    ' : '         '}${paint.yellow(line)}`)];

function componentLines({ components }: RunView, paint: Paint): string[] {
  const names = Math.max(...components.map(({ name }) => name.length));
  const words = new Map(components.map((component) => [component, component.rollout ? doing(component) : component.status]));
  const statuses = Math.max(...[...words.values()].map((word) => word.length));
  const kinds = Math.max(...components.map(({ kind }) => kind.length));
  return components.flatMap((component) => {
    const { name, kind, failure } = component;
    const status = words.get(component) ?? '';
    const head = `  ${padEnd(name, names)}  ${padEnd(kind, kinds)}  ${padEnd(painted(status, paint), statuses)}  ${detail(component)}`;
    return [
      head.trimEnd(),
      ...(failure
        ? [
            `    ${paint.red(`${failure.code}${failure.step === undefined ? '' : ` in step ${failure.step}`}`)} ${failure.message}`,
          ]
        : []),
      ...differenceLines(component),
    ];
  });
}

function detail({ steps, batch, rollout, verification, approval, waitsUntil, status }: ComponentView): string {
  const at = rollout?.stage === undefined ? undefined : rollout.stages[rollout.stage];
  const parts = [
    rollout && status !== 'pending' && (at ? `at ${stageName(at)}` : 'all on the old side'),
    steps && `${steps.done} of ${steps.total} steps`,
    batch &&
      status !== 'pending' &&
      `${whole(batch.records.read)} read, ${whole(batch.records.written)} written, ${whole(batch.records.quarantined)} quarantined`,
    batch && batch.records.kept > 0 && `${whole(batch.records.kept)} kept as the application has them`,
    verification && `${whole(verification.compared)} compared, ${whole(verification.mismatches)} mismatches`,
    approval?.decision && `${approval.decision.approved ? 'approved' : 'rejected'} by ${approval.decision.actor}`,
    status === 'prepared' && waitsUntil !== undefined && `until ${moment(waitsUntil)}`,
  ];
  return parts.filter((part) => typeof part === 'string').join('; ');
}

/** Enough of the sample to see what is wrong; --json has all of it. */
const DIFFERENCES = 5;

function differenceLines({ verification }: ComponentView): string[] {
  const differences = verification?.differences ?? [];
  const shown = differences.slice(0, DIFFERENCES).map(({ key, problem, fields }) => {
    const sides = Object.entries(fields).map(
      ([field, { expected, actual }]) => `${field} ${JSON.stringify(expected ?? null)} -> ${JSON.stringify(actual ?? null)}`,
    );
    return `    ${problem} ${JSON.stringify(key)}${sides.length === 0 ? '' : `: ${sides.join(', ')}`}`;
  });
  const more = differences.length - shown.length;
  return more > 0 ? [...shown, `    … and ${more} more in --json`] : shown;
}

const checkLine = ({ scope, name, outcome, value, is, limit, sample, detail }: RunView['checks'][number], paint: Paint): string =>
  `  ${painted(outcome, paint)}  ${scope}/${name}: ${value ?? 'nothing'} ${is} ${limit ?? 'unknown'}, sample ${whole(sample)}${detail === '' ? '' : `; ${detail}`}`;

const recordLines = ({ records, verification }: RunView['totals']): string[] => [
  `Records: ${whole(records.read)} read, ${whole(records.written)} written, ${whole(records.quarantined)} quarantined`,
  ...(verification.compared === 0
    ? []
    : [`Verified: ${whole(verification.compared)} compared, ${whole(verification.mismatches)} mismatches`]),
];
