import { milliseconds, share, timeSpan, whole } from '../render/figures.ts';
import type { Paint } from '../render/paint.ts';
import { painted } from '../render/run-status.ts';
import { table } from '../render/table.ts';
import type { CitySearch } from './city-search.ts';
import type { FaultReport, RolloutReport } from './rollout-report.ts';
import type { StageStory } from './rollout-story.ts';

/** The percentages of examples/cities/rollout-plan.yaml. */
export const STAGES = [1, 10, 50, 100] as const;

/** Searches a second, of late. */
export interface Pace {
  readonly old: number;
  readonly new: number;
}

type Figures = Pick<CitySearch, 'traffic' | 'service'>;

/** How both paths fare, for a terminal. */
export function trafficLines({ traffic, service }: Figures, pace: Pace, paint: Paint): string[] {
  const side = (name: 'old' | 'new') => [
    `  ${name} path`,
    `${whole(pace[name])}/s`,
    whole(traffic[name].requests),
    whole(traffic[name].failed),
    ms(service.p95[name]),
  ];
  return [
    ...table([['', 'searches', 'in all', 'failed', 'p95'], side('old'), side('new')], [1, 2, 3, 4]),
    paint.dim(`  ${comparedText(service)}`),
  ];
}

/** The same in one line, for a log. */
export function trafficText({ traffic, service }: Figures, pace: Pace): string {
  const side = (name: 'old' | 'new') =>
    `${name} path ${whole(pace[name])}/s, ${whole(traffic[name].failed)} failed, p95 ${ms(service.p95[name])}`;
  return `${side('old')} · ${side('new')}`;
}

const comparedText = ({ compared, mismatches }: Pick<RolloutReport, 'compared' | 'mismatches'>): string =>
  `${whole(compared)} answers of the new path compared with the old one's, ${whole(mismatches)} of them differed`;

/** One stage that was judged: what was said of it. */
export function stageLines(
  { percent, enteredAt, judgedAt = enteredAt, decision, sentences }: StageStory,
  paint: Paint,
): string[] {
  const good = decision === 'promote';
  const head = `${percent} % ${good ? 'is good' : 'is taken back'} after ${timeSpan((judgedAt - enteredAt) / 1000)}`;
  return [good ? paint.green(head) : paint.red(head), ...sentences.map((sentence) => paint.dim(`  ${sentence}`))];
}

export function rolloutLines(report: RolloutReport, paint: Paint): string[] {
  const { run, status, seconds, requests, failed, unanswered, p95, stages, fault } = report;
  const side = (name: 'old' | 'new') => `${whole(requests[name])} ${name} (${whole(failed[name])} failed, p95 ${ms(p95[name])})`;
  return [
    `${paint.bold(`Run ${run}`)} ${painted(status, paint)} after ${timeSpan(seconds)}`,
    `  stages    ${stages.map(({ percent }) => `${percent} %`).join(', ')}`,
    `  searches  ${side('old')}, ${side('new')}${unanswered === 0 ? '' : `, ${whole(unanswered)} without an answer`}`,
    `  compared  ${comparedText(report)}`,
    ...(fault ? faultLines(fault, report, paint) : []),
  ];
}

function faultLines(fault: FaultReport, { requests, failed }: RolloutReport, paint: Paint): string[] {
  const { injectedAt } = fault;
  if (injectedAt === null) return [paint.yellow(`  The rollout ended before ${fault.at} %: nothing was broken.`)];
  const rows: readonly (readonly [string, number | null])[] = [
    [`the new path was broken (${fault.kind}) at ${fault.at} % of traffic`, injectedAt],
    [`the guardrail ${fault.guardrail} tripped: ${fault.reason}`, fault.trippedAt],
    ['the flag was on the old path for everybody', fault.flagAtOldAt],
    ['the last search went to the new path', fault.lastOnNewAt],
    ['the run had gone back', fault.rolledBackAt],
  ];
  const known = rows.flatMap(([what, at]) => (at === null ? [] : [{ what, at }])).sort((one, other) => one.at - other.at);
  const lost = requests.new === 0 ? 0 : failed.new / requests.new;
  return [
    '',
    ...known.map(({ what, at }) => `  ${milliseconds(at)}  ${since(at - injectedAt).padStart(9)}  ${what}`),
    '',
    `  On the new path ${whole(failed.new)} of ${whole(requests.new)} searches failed (${share(lost)}), on the old one ${whole(failed.old)}.`,
  ];
}

const since = (ms: number): string => `+${(ms / 1000).toFixed(3)} s`;
const ms = (value: number | null): string => (value === null ? '-' : `${value.toFixed(1)} ms`);
