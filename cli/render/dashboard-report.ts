import type { ActiveRun, Dashboard } from '../../shared/api/dashboard.ts';
import type { RunTrend } from '../../shared/run/run-trends.ts';
import { alertRows } from './alert-report.ts';
import { bar, counted, share, timeSpan } from './figures.ts';
import { healthLines } from './health-report.ts';
import type { Paint } from './paint.ts';
import { oneLine } from './printable.ts';
import { rollbackRows } from './rollback-report.ts';
import { painted } from './run-status.ts';
import { table } from './table.ts';

/** One screen. */
export function dashboardLines(found: Dashboard, paint: Paint): string[] {
  const { health, active, trends, experiments, alerts, rollbacks } = found;
  const { critical = 0, warning = 0, info = 0 } = alerts.counts;
  const section = (title: string, lines: readonly string[]) => ['', paint.bold(title), ...lines.map((line) => `  ${line}`)];
  return [
    ...healthLines(health, paint),
    ...section(
      `Under way: ${active.runs.length}${active.more ? ' of more' : ''}`,
      active.runs.flatMap((run) => runLines(run, paint)),
    ),
    ...section('Runs', trendRows(trends, paint)),
    ...(experiments.length === 0 ? [] : section('Experiments', experimentRows(experiments, paint))),
    ...section(
      `Alerts: ${critical} critical, ${counted(warning, 'warning')}, ${info} info`,
      alerts.latest.length === 0 ? [] : alertRows(alerts.latest, paint),
    ),
    ...(rollbacks.length === 0 ? [] : section('Latest rollbacks', rollbackRows(rollbacks, paint))),
  ];
}

function runLines({ id, plan, target, status, phases, components, reason }: ActiveRun, paint: Paint): string[] {
  const rows = phases.map(({ name, done, total }) => [name, `${bar(total === 0 ? 0 : done / total, 20)} ${done}/${total}`]);
  const at = components.filter(({ status }) => !['pending', 'completed', 'undone'].includes(status)).map(componentText);
  return [
    `${id}  ${painted(status, paint)}  ${oneLine(plan.name)} on ${oneLine(target)}${reason === undefined ? '' : `: ${oneLine(reason)}`}`,
    ...table(rows).map((line) => `  ${line}`),
    ...at.map((line) => `  ${line}`),
  ];
}

function componentText({ name, kind, status, failure, stage, verdict }: ActiveRun['components'][number]): string {
  const found =
    verdict === undefined ? '' : `, ${verdict.decision} at ${verdict.percent} %: ${oneLine(verdict.reasons.join(' '))}`;
  const stages = stage === undefined ? '' : `, stage ${stage + 1}`;
  return `${name} (${kind}) ${status}${stages}${found}${failure === undefined ? '' : `: ${oneLine(failure.message)}`}`;
}

function trendRows(trends: readonly RunTrend[], paint: Paint): string[] {
  const head = ['WITHIN', 'STARTED', 'SUCCEEDED', 'ROLLED BACK', 'FAILED', 'SUCCESS', 'MEDIAN', 'P95', 'AN HOUR', ''];
  const seconds = (value: number | null) => (value === null ? '-' : timeSpan(value));
  const rows = trends.map((trend) => [
    trend.hours < 48 ? `${trend.hours} h` : `${trend.hours / 24} d`,
    ...[trend.started, trend.succeeded, trend.rolledBack, trend.failed].map(String),
    trend.successRate === null ? '-' : share(trend.successRate),
    seconds(trend.medianSeconds),
    seconds(trend.p95Seconds),
    trend.perHour.toFixed(2),
    trend.whole ? '' : 'of the latest runs',
  ]);
  return table([head.map(paint.dim), ...rows], [1, 2, 3, 4, 5, 6, 7, 8]);
}

const experimentRows = (experiments: Dashboard['experiments'], paint: Paint): string[] =>
  table([
    ['EXPERIMENT', 'FLAG', '', 'RECOMMENDATION'].map(paint.dim),
    ...experiments.map(({ key, flag, running, verdict }) => [
      key,
      flag,
      running ? 'running' : 'over',
      verdict === undefined ? '-' : `${verdict.decision}: ${oneLine(verdict.reasons.join(' '))}`,
    ]),
  ]);
