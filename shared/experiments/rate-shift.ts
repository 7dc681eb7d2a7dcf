import { binomialUpperTail } from './binomial-tail.ts';

/** How many of `total` independent trials were `events` (errors, slow requests). */
export interface Count {
  readonly events: number;
  readonly total: number;
}

/** The counts of one period of both arms; periods follow each other without overlap, oldest first. */
export interface Look {
  readonly control: Count;
  readonly treatment: Count;
}

/** How rare luck must be before it is ruled out. */
export interface Strictness {
  /** What all looks of a rollout together may cost in false alarms, while conditions are stable. */
  readonly alpha: number;
  /**
   * What the comparison with the concurrent control alone is held to, in each window. It is not what keeps false alarms rare
   * while conditions are stable (`alpha` does): it keeps a trouble that hits both arms from being blamed on the treatment.
   */
  readonly concurrent: number;
}

export const STRICTNESS: Strictness = { alpha: 1e-4, concurrent: 1e-4 };

export interface RateShiftOptions extends Strictness {
  /** The treatment's rate of events, over the control's, that is put up with; 1: no worsening at all. */
  readonly ratio: number;
  /** How many looks the rollout had before the first of these: their part of `alpha` is spent. */
  readonly looksBefore: number;
  /** The control's periods before the first look, oldest first: what the steady comparison also rests on. */
  readonly before: readonly Count[];
}

/** What the strictest window says. `chance`: of so many events or more by luck alone, in one window. */
export interface RateShift {
  /** `suspected`: not enough to act on, too much to go on. */
  readonly evidence: 'shifted' | 'suspected' | 'none';
  /** Periods in the window. */
  readonly window: number;
  readonly treatment: Count;
  /** The control at the same time, and what `steady` adds to it: all that is known of it. */
  readonly control: Count;
  readonly steady: Count;
  readonly concurrentChance: number;
  readonly steadyChance: number;
  /** Events that come together, as the control's do; 1: one by one. */
  readonly burst: number;
  /** What `steadyChance` is held to at this look. */
  readonly level: number;
}

/** The windows, in periods back from the last look: for steps that are large, and for shifts that are small. */
const WINDOWS: readonly number[] = [1, 3, 6, 12, 30, 60];
const LONGEST = 60;

/** What luck does once in a thousand looks, and the concurrent control does not contradict, is worth another look. */
const SUSPICION = { steady: 1e-3, concurrent: 1e-2 };

/** About so many looks share most of alpha; later ones get less and less, so that the sum is alpha however many follow. */
const SPENDING_LOOKS = 240;

/**
 * Tells whether the treatment's rate of events has risen above the control's, at a time that nobody knows. At each look
 * and for each window the treatment's last periods are compared, by exact conditional binomial tests, with the control of
 * the same periods and with all that is known of the control. Both must stand out. Levels are spent over looks and windows
 * (Bonferroni), so the chance of a false alarm in a whole rollout is at most `alpha`, whatever the rates and however long,
 * while events are independent. Where they come in bursts, as the control's show, a burst counts as one event.
 */
export function rateShift(looks: readonly Look[], options: RateShiftOptions): RateShift | null {
  const last = looks.length;
  if (last === 0) return null;
  const level = levelOf(options.looksBefore + last, options.alpha);
  const history = [...options.before, ...looks.map(({ control }) => control)];
  const steady = history.reduce(add, NONE);
  const burst = burstOf(history);
  let strictest: RateShift | null = null;
  let treatment = NONE;
  let control = NONE;
  for (let back = 1; back <= Math.min(last, LONGEST); back += 1) {
    const look = looks[last - back];
    if (look === undefined) break;
    treatment = add(treatment, look.treatment);
    control = add(control, look.control);
    if (!WINDOWS.includes(back)) continue;
    const shift = inWindow({ window: back, treatment, control, steady, burst, level }, options);
    if (strictest === null || isStricter(shift, strictest)) strictest = shift;
  }
  return strictest;
}

/** The part of alpha that one window of the n-th look may use: k / ((k + n - 1)(k + n)) sums to 1 over all n. */
function levelOf(look: number, alpha: number): number {
  const part = SPENDING_LOOKS / ((SPENDING_LOOKS + look - 1) * (SPENDING_LOOKS + look));
  return (alpha * part) / WINDOWS.length;
}

function inWindow(
  of: Omit<RateShift, 'evidence' | 'concurrentChance' | 'steadyChance'>,
  { ratio, concurrent }: RateShiftOptions,
): RateShift {
  const steadyChance = chance(of.treatment, of.steady, of.burst, ratio);
  const concurrentChance = chance(of.treatment, of.control, of.burst, ratio);
  const shifted = steadyChance <= of.level && concurrentChance <= concurrent;
  const suspected = steadyChance <= SUSPICION.steady && concurrentChance <= SUSPICION.concurrent;
  return { ...of, steadyChance, concurrentChance, evidence: shifted ? 'shifted' : suspected ? 'suspected' : 'none' };
}

const WEIGHT = { shifted: 2, suspected: 1, none: 0 };

const isStricter = (one: RateShift, other: RateShift): boolean =>
  one.evidence === other.evidence ? one.steadyChance < other.steadyChance : WEIGHT[one.evidence] > WEIGHT[other.evidence];

/**
 * Where traffic is split at random, each event is the treatment's with the same chance, so of all events of both its number
 * is binomial; with the totals given too it is narrower (Hoeffding 1956). So the tail is exact or an upper bound.
 */
function chance(treatment: Count, control: Count, burst: number, ratio: number): number {
  if (treatment.total === 0 || control.total === 0) return 1;
  const weight = ratio * treatment.total;
  const share = weight / (weight + control.total);
  const events = treatment.events + control.events;
  // Below the expectation nothing can stand out: most looks end here.
  if (treatment.events <= share * events) return 1;
  return binomialUpperTail(treatment.events / burst, events / burst, share);
}

/** Fewer neighbours say too little of how events come. */
const LEAST_NEIGHBOURS = 10;

/**
 * How many events come together: the variance of counts over what independent events would have. It is taken from the
 * differences of neighbouring periods, so that neither drifts nor steps of the rate pass for bursts; 1 unless it stands out.
 */
function burstOf(periods: readonly Count[]): number {
  let [sum, neighbours] = [0, 0];
  for (const [index, one] of periods.entries()) {
    const next = periods[index + 1];
    const events = one.events + (next?.events ?? 0);
    if (next === undefined || events === 0 || one.total === 0 || next.total === 0) continue;
    sum += (one.events * next.total - next.events * one.total) ** 2 / (one.total * next.total * events);
    neighbours += 1;
  }
  if (neighbours < LEAST_NEIGHBOURS) return 1;
  const burst = sum / neighbours;
  // The estimate's own deviation is about sqrt(3 / n) where events are independent.
  return burst > 1 + 2 * Math.sqrt(3 / neighbours) ? burst : 1;
}

const NONE: Count = { events: 0, total: 0 };
const add = (one: Count, other: Count): Count => ({ events: one.events + other.events, total: one.total + other.total });
