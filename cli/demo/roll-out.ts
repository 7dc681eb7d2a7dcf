import { fileURLToPath } from 'node:url';
import type { Fault } from '../../examples/cities/search/messages.ts';
import type { ControlPlane } from '../../local/control-plane.ts';
import type { RunView } from '../../shared/api/run-view.ts';
import type { RunEvent } from '../../shared/ports/events.ts';
import type { ApiClient } from '../api-client.ts';
import { lookedUp } from '../follow-run.ts';
import type { LiveView } from '../live-view.ts';
import { readPlanFile } from '../plan-file.ts';
import { planSourceOf } from '../plan-source.ts';
import { whole } from '../render/figures.ts';
import { printableValue } from '../render/printable.ts';
import { progressLine, progressLines } from '../render/run-progress.ts';
import type { Session } from '../session.ts';
import { CitySearch } from './city-search.ts';
import { type Pace, stageLines, trafficLines, trafficText } from './rollout-lines.ts';
import { type RolloutReport, rolloutReport } from './rollout-report.ts';
import { NOTHING_YET, type RolloutStory, tell } from './rollout-story.ts';

const PLAN = fileURLToPath(new URL('../../examples/cities/rollout-plan.yaml', import.meta.url));
const ENVIRONMENT = 'staging';
const FLAG = 'new-search';
/** Searches a second of all users together. */
const RATE = 400;
/** Between two looks at the run, ms. */
const LOOK = 500;
/** Of traffic that is watched after the end, ms: it must stay where it was sent. */
const AFTERMATH = 2000;

/** The sample service evaluates its flag by OpenFeature's SDK, which installations without development dependencies lack. */
export function canRollOut(): boolean {
  try {
    return import.meta.resolve('@openfeature/server-sdk') !== '';
  } catch {
    return false;
  }
}

export interface RollOut {
  readonly plane: ControlPlane;
  readonly client: ApiClient;
  /** The new path is broken when the stage of so many percent is entered. */
  readonly fault: { readonly kind: Fault; readonly at: number } | undefined;
  readonly signal: AbortSignal;
}

/** Starts the sample service with its users and rolls its new path out. Answers how the run ended, and what everybody saw. */
export async function rollOut(session: Session, options: RollOut): Promise<{ view: RunView; report: RolloutReport }> {
  const { plane, client, signal } = options;
  const reason = 'The old search, before the rollout';
  await client.call('put-flag', { key: FLAG, environment: ENVIRONMENT, simple: { rolloutPercentage: 0 }, reason }, signal);
  session.note('Starting the city search, and its users …');
  const { url, token, dynamodb } = plane;
  const search = new CitySearch({ start: { url, token, environment: ENVIRONMENT, dynamodb }, rate: RATE });
  try {
    const work = async () => {
      const { cities, places } = await search.ready;
      session.note(
        `It searches ${whole(cities)} cities one by one, and an index of ${whole(places)} migrated places, as the flag says.`,
      );
      return await watchRollout(session, options, search);
    };
    return await Promise.race([work(), search.failed, aborted(signal)]);
  } finally {
    await search.close();
  }
}

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });

async function watchRollout(
  session: Session,
  options: RollOut,
  search: CitySearch,
): Promise<{ view: RunView; report: RolloutReport }> {
  const { plane, client, fault, signal } = options;
  const { clock } = session.shell;
  let story = NOTHING_YET;
  const hear = (event: RunEvent) => {
    const before = story;
    story = tell(story, event, clock.now());
    const entered = story.stages.length > before.stages.length ? story.stages.at(-1) : undefined;
    if (fault && entered?.percent === fault.at) search.breakWith(fault.kind);
    const judged = story.stages.find((stage, index) => stage.decision !== before.stages[index]?.decision);
    if (judged) session.notePainted(stageLines(printableValue(judged), session.errorPaint).join('\n'));
    if (story.tripped && !before.tripped) session.note(`The flag is on the old path: ${story.tripped.reason}`);
  };
  // There is no other rollout on this control plane.
  const deaf = plane.events.subscribe(hear);
  try {
    const plan = planSourceOf(await readPlanFile(PLAN, session.shell.cwd), client);
    const answer = await client.call('start-run', plan, signal);
    if (answer.dryRun) throw new TypeError('A run was asked for.');
    const { id } = answer.run;
    session.note(`Rolling the new search out by examples/cities/rollout-plan.yaml, run ${id}.`);
    const view = await session.withProgress((live) => untilRest(session, options, { id, search, live, story: () => story }));
    await clock.sleep(AFTERMATH, signal);
    return { view, report: rolloutReport(view, story, search, fault) };
  } finally {
    deaf();
  }
}

interface Watched {
  readonly id: string;
  readonly search: CitySearch;
  readonly live: LiveView;
  readonly story: () => RolloutStory;
}

async function untilRest(session: Session, { client, signal }: RollOut, watched: Watched): Promise<RunView> {
  const { errorPaint } = session;
  const { clock, err } = session.shell;
  const { id, search, live, story } = watched;
  const pace = paceOf(search);
  let news = '';
  for (;;) {
    const view = await lookedUp(session, { client }, id, signal);
    if (view.resting) return view;
    const state = `${view.status} ${story().stages.length} ${story().tripped?.at}`;
    const now = pace(clock.now());
    live.show(
      [...progressLines(view, errorPaint, err.columns ?? 80), ...trafficLines(search, now, errorPaint)],
      `${progressLine(view)} · ${trafficText(search, now)}`,
      state !== news,
    );
    news = state;
    await clock.sleep(LOOK, signal);
  }
}

const WINDOW = 3000;

/** Searches a second over the last seconds. */
function paceOf(search: CitySearch): (now: number) => Pace {
  const seen: { at: number; old: number; new: number }[] = [];
  return (now) => {
    const { traffic } = search;
    const latest = { at: now, old: traffic.old.requests, new: traffic.new.requests };
    seen.push(latest);
    while (seen[1] && now - seen[1].at >= WINDOW) seen.shift();
    const first = seen[0] ?? latest;
    const seconds = Math.max(0.001, (now - first.at) / 1000);
    return { old: (latest.old - first.old) / seconds, new: (latest.new - first.new) / seconds };
  };
}
