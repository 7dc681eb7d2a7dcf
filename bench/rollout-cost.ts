import { alarmRequest } from '../adapters/aws/alarm-request.ts';
import { systemClock } from '../adapters/embedded/system-clock.ts';
import { parsePlanObject } from '../shared/plan/parse-plan.ts';
import type { RolloutComponent } from '../shared/plan/plan.ts';
import { alarmsOf } from '../shared/rollout/guardrail-alarms.ts';
import { lookAfter } from '../shared/rollout/look-after.ts';
import { added, NOTHING, times, type Usage } from '../shared/usage/prices.ts';
import { LeapingClock } from './leaping-clock.ts';
import { type MeteredPlane, meteredPlane } from './metered-plane.ts';

/** A rollout that was run to its end, and what it used. */
export interface RolloutRun {
  /** Of each stage. */
  readonly hours: number;
  readonly looks: number;
  /** By the rule of looks, for the same stages. */
  readonly looksPlanned: number;
  readonly counted: Usage;
  readonly modelled: Usage;
}

/** What a rollout of 30 days uses, by two that were run: what the longer one used, and what each look adds that comes later. */
export interface PricedRollout {
  readonly runs: readonly [RolloutRun, RolloutRun];
  readonly begun: Usage;
  readonly look: Usage;
  /** By the rule of looks, in all; and how many of them are beside those of the longer run. */
  readonly all: number;
  readonly looks: number;
  readonly alarms: Usage;
  readonly whole: Usage;
}

const HOUR_MS = 3_600_000;
/** A little more than the shortest wait of such stages, so that each leap ends one. */
const LEAP_MS = 61_000;
const STAGES = [1, 10, 50, 100];
const DAYS = 30;
const STAGE_HOURS = (DAYS * 24) / STAGES.length;
/** In both, stages grow so old that looks are as far apart as they get: what the longer one has more are such looks. */
const RUN_HOURS = [6, 8] as const;
const HOURS_OF_A_MONTH = 730;

/** What a request takes on its way in a region, ms: nothing of it is in an embedded run. */
const STORE_MS = 5;
const METRICS_MS = 100;
const OURS_GB = 1;

export async function priceRollout(): Promise<PricedRollout> {
  const runs = [await runRollout(RUN_HOURS[0]), await runRollout(RUN_HOURS[1])] as const;
  const [short, long] = runs.map(({ counted, modelled }) => added(counted, modelled)) as [Usage, Usage];
  const look = times(added(long, times(short, -1)), 1 / (runs[1].looks - runs[0].looks));
  const all = STAGES.length * looksOf(STAGE_HOURS);
  const looks = all - runs[1].looks;
  const alarms = alarmsFor(componentOf(STAGE_HOURS));
  return { runs, begun: long, look, all, looks, alarms, whole: added(added(long, times(look, looks)), alarms) };
}

/** One rollout on an embedded plane whose clock is put forward whenever all of it waits. */
async function runRollout(hours: number): Promise<RolloutRun> {
  const clock = new LeapingClock();
  const plane = await meteredPlane(clock);
  try {
    const document = { state: 'ENABLED', variants: { on: true, off: false }, defaultVariant: 'off' };
    await plane.ask('put-flag', { flag: document, reason: 'Begins.' }, { key: 'new-search' });
    const of = { percent: 0, ended: false };
    plane.events.subscribe(({ type, data }) => {
      if (type === 'stageEntered') of.percent = Number(data['percent']);
      if (type === 'componentCompleted') of.ended = true;
    });
    const running = plane.run(planOf(hours), '.');
    while (!of.ended) {
      await resting(plane);
      await serve(plane, of.percent, clock.now());
      clock.leap(LEAP_MS);
    }
    await running;
    const { meter } = plane;
    const waited = (meter.storeRequests * STORE_MS + meter.metricRequests * METRICS_MS) / 1000;
    const described = meter.askedFor('cloudwatch:DescribeAlarms') / componentOf(hours).guardrails.length;
    return {
      hours,
      looks: meter.callsOf('judge-stage'),
      looksPlanned: STAGES.length * looksOf(hours),
      counted: added(meter.control, { ...NOTHING, cloudWatchRequest: described }),
      modelled: { ...NOTHING, lambdaGbSecond: waited * OURS_GB },
    };
  } finally {
    await plane.close();
  }
}

const REST_MS = 4;
const RESTS = 3;

async function resting(plane: MeteredPlane): Promise<void> {
  for (let rests = 0; rests < RESTS; rests = plane.rests() ? rests + 1 : 0) await systemClock.sleep(REST_MS);
}

const REQUESTS = 10_000;

/** A quiet minute of both sides. */
async function serve(plane: MeteredPlane, percent: number, at: number): Promise<void> {
  for (const [variation, share] of [
    ['on', percent],
    ['off', 100 - percent],
  ] as const) {
    const requests = (REQUESTS * share) / 100;
    if (requests === 0) continue;
    const series = { namespace: 'Slipway', dimensions: { variation }, at };
    await plane.put([
      { ...series, metric: 'Exposures', values: [requests] },
      { ...series, metric: 'Requests', values: [requests] },
      { ...series, metric: 'Errors', values: [0] },
      { ...series, metric: 'Latency', values: [80, 120, 200], counts: [requests * 0.7, requests * 0.25, requests * 0.05] },
    ]);
  }
}

const planOf = (hours: number) => ({
  slipway: 1,
  name: 'search',
  target: 'local/search',
  phases: [
    {
      name: 'traffic',
      components: [
        {
          name: 'search',
          kind: 'rollout',
          flag: 'new-search',
          stages: STAGES,
          bake: `${hours}h`,
          guardrails: [
            { type: 'rate', name: 'errors', events: 'Errors', of: 'Requests', limit: 1, compare: {} },
            { type: 'metric', name: 'latency', metric: 'Latency', statistic: 'p95', limit: 500, compare: {} },
          ],
        },
      ],
    },
  ],
});

function componentOf(hours: number): RolloutComponent {
  const parsed = parsePlanObject(planOf(hours));
  const component = parsed.ok ? parsed.plan.phases[0]?.components[0] : undefined;
  if (component?.kind !== 'rollout') throw new Error('The plan has no rollout.');
  return component;
}

/** Looks at a stage of so many hours that is promoted when its bake is over: after each wait one. */
function looksOf(hours: number): number {
  const bake = hours * HOUR_MS;
  let looks = 0;
  for (let watched = 0; watched < bake; watched += lookAfter(watched, { bake })) looks += 1;
  return looks;
}

/** Until the window for a late rollback has closed, by the hour; an alarm is charged for each metric that it evaluates. */
function alarmsFor(component: RolloutComponent): Usage {
  const months = (STAGES.length * STAGE_HOURS + component.rollbackWindow / HOUR_MS) / HOURS_OF_A_MONTH;
  const of = { runId: 'run', environment: 'local', component: component.name };
  return alarmsOf(component, of).reduce((sum, alarm) => {
    const { Metrics = [], Period } = alarmRequest(alarm, '');
    const metrics = Metrics.length === 0 ? 1 : Metrics.filter(({ MetricStat }) => MetricStat !== undefined).length;
    const seconds = Period ?? Metrics[0]?.MetricStat?.Period ?? 60;
    return added(sum, { ...NOTHING, [seconds < 60 ? 'fineAlarmMonth' : 'alarmMonth']: metrics * months });
  }, NOTHING);
}
