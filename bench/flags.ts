import {
  COUNTRIES,
  type Evaluator,
  flagd,
  growthbook,
  launchDarkly,
  type Person,
  RULES,
  type Rule,
  slipway,
  unleash,
} from './flag-peers.ts';
import { median, type Row, round } from './row.ts';

export interface FlagsBenchOptions {
  /** Keys; 100,000 where absent. */
  readonly records?: number;
  /** Times that the evaluators take turns; medians count. */
  readonly rounds?: number;
}

const FACTOR = 3;
/** Of evaluating without being timed, before the first round: compilers need it. */
const WARM_UP = 3;
/** Passes over all keys in one measurement, so that a fast one is not shorter than the clock can tell. */
const PASSES = 3;

interface Timed {
  readonly evaluator: Evaluator;
  readonly contexts: readonly unknown[];
  readonly times: Map<Rule, number[]>;
}

/**
 * Nanoseconds an evaluation, over keys that are all different, in turns, with contexts made beforehand. Every evaluator has to have
 * about as many contexts on as the rule means, or its figure would be of another rule.
 */
export async function flags({ records = 100_000, rounds = 7 }: FlagsBenchOptions = {}): Promise<Row[]> {
  // As they come out of a request: texts that were put together lie in pieces, which makes every evaluator slower.
  const people: readonly Person[] = JSON.parse(JSON.stringify(Array.from({ length: records }, (_, index) => person(index))));
  const evaluators = [slipway(), flagd(), unleash(), growthbook(), await launchDarkly()];
  try {
    const timed = evaluators.map((evaluator): Timed => {
      return { evaluator, contexts: people.map((one) => evaluator.context(one)), times: new Map() };
    });
    for (const rule of RULES) await measure(rule, timed, people, rounds);
    return RULES.flatMap((rule) => rowsOf(rule, timed));
  } finally {
    for (const evaluator of evaluators) evaluator.close();
  }
}

/** UUID-like keys; three quarters of the people are on the plan, and six eighths of those in the countries. */
function person(index: number): Person {
  const digits = (Math.imul(index + 1, 0x9e3779b1) >>> 0).toString(16).padStart(8, '0');
  const plan = index % 4 === 0 ? 'free' : 'pro';
  const country = [...COUNTRIES, ...COUNTRIES, 'FR', 'IT'][(index >> 2) % 8] ?? 'FR';
  return { key: `${digits}-5f2c-4b7e-9d1a-${index.toString(16).padStart(12, '0')}`, plan, country };
}

async function measure(rule: Rule, timed: readonly Timed[], people: readonly Person[], rounds: number): Promise<void> {
  for (const { evaluator, contexts } of timed) {
    for (let pass = 0; pass < WARM_UP; pass += 1) await evaluator.count(rule, contexts);
    meansTheSame(evaluator.name, rule, await evaluator.count(rule, contexts), people);
  }
  for (let turn = 0; turn < rounds; turn += 1) {
    const order = timed.map((_, index) => timed[(index + turn) % timed.length]).filter((one) => one !== undefined);
    for (const { evaluator, contexts, times } of order) {
      const start = performance.now();
      for (let pass = 0; pass < PASSES; pass += 1) await evaluator.count(rule, contexts);
      const nanoseconds = ((performance.now() - start) * 1e6) / (PASSES * contexts.length);
      times.set(rule, [...(times.get(rule) ?? []), nanoseconds]);
    }
  }
}

function meansTheSame(name: string, rule: Rule, on: number, people: readonly Person[]): void {
  const met = rule.startsWith('targeting')
    ? people.filter(({ plan, country }) => plan === 'pro' && COUNTRIES.includes(country)).length
    : people.length;
  const expected = rule.endsWith('fractional') ? met / 4 : met;
  const allowed = rule.endsWith('fractional') ? 5 * Math.sqrt((met * 3) / 16) : 0;
  if (Math.abs(on - expected) > allowed) throw new Error(`${name} has ${on} on for ${rule}, not about ${expected}.`);
}

function rowsOf(rule: Rule, timed: readonly Timed[]): Row[] {
  const figures = timed.map(({ evaluator, times }) => ({ name: evaluator.name, time: median(times.get(rule) ?? []) }));
  const [ours, ...peers] = figures;
  if (!ours) return [];
  const ratio = Math.min(...peers.map(({ time }) => time)) / ours.time;
  return [
    ...figures.map(
      ({ name, time }): Row => ({ name: `${rule}: ${name}`, value: round(time, 1), unit: 'ns', goal: null, met: null }),
    ),
    { name: `${rule}: slipway a second`, value: Math.round(1e9 / ours.time), unit: 'evals/s', goal: null, met: null },
    {
      name: `${rule}: times the fastest peer`,
      value: round(ratio, 2),
      unit: 'ratio',
      goal: `>= ${FACTOR}`,
      met: ratio >= FACTOR,
    },
  ];
}
