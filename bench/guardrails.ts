import { normalUpperTail } from '../shared/experiments/normal-tail.ts';
import { STRICTNESS, type Strictness } from '../shared/experiments/rate-shift.ts';
import { type Row, round } from './row.ts';
import { type Service, simulateRollout } from './simulated-rollout.ts';

const RUNS = 1000;
const STAGES = 4;
/** Of the comparison with the concurrent control; all rows but these are judged by the defaults. */
const CURVE = [1e-2, 1e-3, 1e-4, 1e-5, 1e-6];

interface Effect extends Service {
  readonly what: string;
}

const errors = (rps: number, before: number, after: number): Effect => ({
  what: `errors ${round(100 * before, 2)} -> ${round(100 * after, 2)} %, ${rps}/s`,
  rps,
  before,
  after,
});

/** Log-normal latencies (sigma 0.5) that become longer by a factor: the share beyond what was their 95th percentile. */
const latency = (rps: number, factor: number): Effect => ({
  what: `latency +${round(100 * (factor - 1), 0)} %, ${rps}/s`,
  rps,
  before: 0.05,
  after: normalUpperTail(1.6448536269514722 - Math.log(factor) / 0.5),
});

const GOAL = errors(100, 0.005, 0.02);
/** Errors of both arms come five at once: a retry loop, a client that dies with all it had asked. */
const BURSTS: Effect = { ...GOAL, what: `${GOAL.what}, bursts of 5`, burst: 5 };
const EFFECTS: readonly Effect[] = [
  GOAL,
  ...[10, 1000].map((rps) => errors(rps, 0.005, 0.02)),
  ...[10, 100, 1000].map((rps) => errors(rps, 0.001, 0.005)),
  ...[10, 100, 1000].map((rps) => errors(rps, 0.02, 0.04)),
  ...[100, 1000].map((rps) => errors(rps, 0.005, 0.0075)),
  errors(10, 0, 0.05),
  BURSTS,
  ...[10, 100, 1000].map((rps) => latency(rps, 1.2)),
  ...[10, 100, 1000].map((rps) => latency(rps, 1.5)),
];

/**
 * Simulated services whose errors or latency step up at a random moment of the first stage, and services where nothing
 * changes, judged at every 10-second period against the concurrent control. A detection takes from the change to the end of
 * the period whose verdict is a rollback; the way of the metric to the judge comes on top.
 */
export async function guardrails({ rounds = RUNS }: { rounds?: number } = {}): Promise<Row[]> {
  const rows: Row[] = [];
  for (const effect of EFFECTS) rows.push(...effectRows(effect, rounds));
  rows.push(...sameRows(rounds));
  for (const concurrent of CURVE) rows.push(...curveRows({ ...STRICTNESS, concurrent }, rounds));
  return rows;
}

function effectRows(effect: Effect, runs: number): Row[] {
  const { times, falses, missed } = detections(effect, runs, STRICTNESS);
  const within = round((100 * times.filter((time) => time <= 60).length) / runs, 1);
  const isGoal = effect === GOAL;
  return [
    {
      name: `${effect.what}: in 60 s`,
      value: within,
      unit: '% of runs',
      goal: isGoal ? '>= 99' : null,
      met: isGoal ? within >= 99 && falses === 0 : null,
    },
    info(`${effect.what}: median`, quantile(times, 0.5), 's'),
    info(`${effect.what}: 99th percentile`, quantile(times, 0.99), 's'),
    ...(missed > 0 ? [info(`${effect.what}: never in 40 min`, round((100 * missed) / runs, 1), '% of runs')] : []),
  ];
}

function sameRows(runs: number): Row[] {
  const services = [
    GOAL,
    errors(10, 0.005, 0.02),
    errors(1000, 0.005, 0.02),
    errors(100, 0.0001, 0.02),
    latency(100, 1),
    BURSTS,
    { ...BURSTS, burst: 20 },
  ];
  return services.flatMap((service) => {
    const rollouts = 3 * runs;
    const { falses, heldLooks } = unchanged({ ...service, after: service.before }, rollouts, STRICTNESS);
    const isGoal = service === GOAL;
    const rate = `${round(100 * service.before, 2)} %, ${service.rps}/s${service.burst ? `, bursts of ${service.burst}` : ''}`;
    return [
      {
        name: `A/A at ${rate}: false of ${rollouts}`,
        value: falses,
        unit: 'rollbacks',
        goal: isGoal ? '0' : null,
        met: isGoal ? falses === 0 : null,
      },
      info(`A/A at ${rate}: promoted later by`, round((10 * heldLooks) / (STAGES * rollouts), 2), 's a stage'),
    ];
  });
}

/** Both arms get ten times the errors for five minutes: the new path is not to blame. */
const INCIDENT: Service = { ...GOAL, after: GOAL.before, incident: { from: 300, to: 600, rate: 0.05 } };

/** What a stricter or looser comparison with the concurrent control would buy, and cost. */
function curveRows(strictness: Strictness, runs: number): Row[] {
  const level = `at ${strictness.concurrent.toExponential(0)}`;
  const curve = [GOAL, errors(100, 0.001, 0.005), errors(100, 0.02, 0.04), errors(10, 0.005, 0.02), latency(10, 1.2)];
  return [
    info(`${level}: A/A, false of ${runs}`, unchanged({ ...GOAL, after: GOAL.before }, runs, strictness).falses, 'rollbacks'),
    info(`${level}: incident in both, false of ${runs}`, unchanged(INCIDENT, runs, strictness).falses, 'rollbacks'),
    ...curve.map((effect) => {
      const { times } = detections(effect, runs, strictness);
      return info(`${level}: ${effect.what}`, quantile(times, 0.99), 's, 99th');
    }),
  ];
}

function detections(service: Service, runs: number, strictness: Strictness): { times: number[]; falses: number; missed: number } {
  const times: number[] = [];
  let falses = 0;
  let missed = 0;
  for (let seed = 1; seed <= runs; seed += 1) {
    const end = simulateRollout(service, { seed, stages: STAGES, strictness });
    if (end.rolledBackAfter === null) missed += 1;
    else if (end.rolledBackAfter < 0) falses += 1;
    else times.push(end.rolledBackAfter);
  }
  return { times: times.sort((one, other) => one - other), falses, missed };
}

/** Rollouts in which the new path does not change: how many are taken back, and how many looks hold a stage that has baked. */
function unchanged(service: Service, runs: number, strictness: Strictness): { falses: number; heldLooks: number } {
  let [falses, heldLooks] = [0, 0];
  for (let seed = 1; seed <= runs; seed += 1) {
    const end = simulateRollout(service, { seed: 1_000_000 + seed, stages: STAGES, strictness });
    if (end.rolledBackAfter !== null) falses += 1;
    heldLooks += end.heldLooks;
  }
  return { falses, heldLooks };
}

const quantile = (sorted: readonly number[], p: number): number =>
  round(sorted[Math.min(sorted.length - 1, Math.ceil(p * sorted.length) - 1)] ?? Number.NaN, 1);

const info = (name: string, value: number, unit: string): Row => ({ name, value, unit, goal: null, met: null });
