import type { RunView } from '../../shared/api/run-view.ts';
import { counted, milliseconds, share, timeSpan, whole } from '../render/figures.ts';
import type { Paint } from '../render/paint.ts';
import { painted } from '../render/run-status.ts';
import { table } from '../render/table.ts';
import type { CitySearch } from './city-search.ts';
import type { FaultReport, RolloutReport } from './rollout-report.ts';
import type { RolloutStory, StageStory } from './rollout-story.ts';

/** How much traffic there is, and how it fares. */
export interface Pace {
  /** Searches a second, of late. */
  readonly old: number;
  readonly new: number;
}

interface Progress {
  readonly view: RunView;
  readonly story: RolloutStory;
  readonly search: Pick<CitySearch, 'traffic' | 'service'>;
  readonly pace: Pace;
  readonly now: number;
}

/** The percentages of examples/cities/rollout-plan.yaml. */
export const STAGES = [1, 10, 50, 100] as const;

/** The rollout under way, for a terminal. */
export function rolloutProgressLines({ view, story, search, pace, now }: Progress, paint: Paint): string[] {
  const { traffic, service } = search;
  const side = (name: 'old' | 'new') => [
    `  ${name} path`,
    `${whole(pace[name])}/s`,
    whole(traffic[name].requests),
    whole(traffic[name].failed),
    ms(service.p95[name]),
  ];
  return [
    `${paint.bold(view.plan.name)} on ${view.target}  ${painted(view.status, paint)}  ${timeSpan(view.seconds)}  ${paint.dim(view.id)}`,
    `  ${STAGES.map((percent) => ladderStep(percent, story, paint)).join('  ')}  ${paint.dim(watched(story, now))}`,
    ...table([['', 'searches', 'in all', 'failed', 'p95'], side('old'), side('new')], [1, 2, 3, 4]),
    paint.dim(`  compared with the old path: ${whole(service.compared)}, of which ${whole(service.mismatches)} differ`),
  ];
}

/** The same in one line, for a log. */
export function rolloutProgressLine({ view, story, search: { traffic, service }, pace, now }: Progress): string {
  const side = (name: 'old' | 'new') =>
    `${name} ${whole(pace[name])}/s, ${whole(traffic[name].failed)} failed, p95 ${ms(service.p95[name])}`;
  return `${timeSpan(view.seconds)} ${view.status} · ${watched(story, now)} · ${side('old')} · ${side('new')}`;
}

function ladderStep(percent: number, { stages, tripped }: RolloutStory, paint: Paint): string {
  const stage = stages.find((one) => one.percent === percent);
  if (stage === undefined) return paint.dim(`○ ${percent} %`);
  if (stage.decision === 'promote') return paint.green(`● ${percent} %`);
  return tripped ? paint.red(`✗ ${percent} %`) : paint.cyan(`◐ ${percent} %`);
}

function watched({ stages, tripped }: RolloutStory, now: number): string {
  if (tripped) return 'all traffic is on the old path';
  const stage = stages.at(-1);
  return stage ? `${stage.percent} % for ${timeSpan((now - stage.enteredAt) / 1000)}` : 'not begun';
}

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
  const { run, status, seconds, requests, failed, unanswered, compared, mismatches, p95, stages, fault } = report;
  const side = (name: 'old' | 'new') => `${whole(requests[name])} ${name} (${whole(failed[name])} failed, p95 ${ms(p95[name])})`;
  return [
    `${paint.bold(`Run ${run}`)} ${painted(status, paint)} after ${timeSpan(seconds)}`,
    `  stages    ${stages.map(({ percent }) => `${percent} %`).join(', ')}`,
    `  searches  ${side('old')}, ${side('new')}${unanswered === 0 ? '' : `, ${whole(unanswered)} without an answer`}`,
    `  compared  ${whole(compared)} answers of both paths, ${whole(mismatches)} mismatches`,
    ...(fault ? faultLines(fault, report, paint) : []),
  ];
}

function faultLines(fault: FaultReport, { requests, failed }: RolloutReport, paint: Paint): string[] {
  const { injectedAt } = fault;
  if (injectedAt === null) return [paint.yellow(`  The rollout ended before ${fault.at} %: nothing was broken.`)];
  const rows: readonly (readonly [string, number | null])[] = [
    [`the new path was broken (${fault.kind}) at ${fault.at} % of traffic`, injectedAt],
    [`a guardrail tripped: ${fault.reason ?? ''}`, fault.trippedAt],
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
    `  ${counted(failed.new, 'search').replace(/searchs$/, 'searches')} failed on the new path: ${share(lost)} of those that it got.`,
  ];
}

const since = (ms: number): string => `+${(ms / 1000).toFixed(3)} s`;
const ms = (value: number | null): string => (value === null ? '-' : `${value.toFixed(1)} ms`);
