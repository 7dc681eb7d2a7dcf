import { rateRatioSequence } from '../experiments/rate-ratio-sequence.ts';
import { type Count, type Look, type RateShift, rateShift, type Strictness } from '../experiments/rate-shift.ts';
import type { Check } from '../experiments/verdict.ts';
import type { ThresholdGuardrail } from './guardrail.ts';
import { periodMs } from './guardrail-period.ts';
import type { StageState } from './stage-state.ts';

/** Of the interval that is shown; verdicts rest on the far stricter levels of `rateShift`. */
const SHOWN_ALPHA = 0.05;

/** The treatment's rate of trouble against the concurrent control's. */
export function judgeComparison(
  guardrail: ThresholdGuardrail,
  atMost: number,
  { looks, before }: { readonly looks: readonly Look[]; readonly before: readonly Count[] },
  stage: StageState,
  strictness: Strictness,
): Check {
  const whole = sumOf(looks);
  const check = (outcome: Check['outcome'], of: Look, sentence: string): Check => ({
    name: `${guardrail.name}/control`,
    outcome,
    value: ratioOf(of),
    limit: atMost,
    sample: { control: of.control.total, treatment: of.treatment.total },
    interval: isPossible(of) ? rateRatioSequence(of.control, of.treatment, SHOWN_ALPHA) : null,
    sentence,
  });
  const held = guardrail.action === 'alert' ? 'alert' : 'hold';
  const odd = [...looks.flatMap(({ control, treatment }) => [control, treatment]), ...before].find((count) => !isCount(count));
  if (odd)
    return check(held, whole, `The comparison of ${guardrail.name} got ${odd.events} events of ${odd.total}, which cannot be.`);
  if (stage.percent === 100) return judgeAgainstHistory(guardrail, atMost, whole, totalOf(before), check);
  const lack = lackOf(guardrail, looks, whole);
  if (lack !== undefined) return check(held, whole, `The comparison of ${guardrail.name} ${lack}.`);
  // By the clock, since a long stage hands over its newest periods only.
  const looksBefore = Math.max(0, Math.round((stage.now - stage.rolloutStartedAt) / periodMs(guardrail)) - looks.length);
  const shift = rateShift(looks, { ...strictness, ratio: atMost, looksBefore, before });
  const inWindow = shift === null ? whole : { control: shift.control, treatment: shift.treatment };
  if (shift?.evidence === 'shifted') return check(guardrail.action, inWindow, shiftedSentence(guardrail, shift, 'is'));
  if (shift?.evidence === 'suspected') return check(held, inWindow, shiftedSentence(guardrail, shift, 'may be'));
  return check(
    'pass',
    whole,
    `${guardrail.name}: ${rate(whole.treatment)} on the new path, ${rate(whole.control)} on the control.`,
  );
}

/** What keeps two arms from being compared. */
function lackOf(guardrail: ThresholdGuardrail, looks: readonly Look[], { control, treatment }: Look): string | undefined {
  if (looks.length === 0) return `waits for the first whole period of ${periodMs(guardrail) / 1000} s of the stage`;
  if (treatment.total === 0) return 'has nothing from the new path yet';
  return control.total === 0 ? 'has nothing from the control yet' : undefined;
}

/** At 100 % there is no concurrent control; what its past alone says may hold, but takes nothing back. */
function judgeAgainstHistory(
  guardrail: ThresholdGuardrail,
  atMost: number,
  { treatment }: Look,
  before: Count,
  check: (outcome: Check['outcome'], of: Look, sentence: string) => Check,
): Check {
  const of = { treatment, control: before };
  const { low } = rateRatioSequence(before, treatment, SHOWN_ALPHA);
  const worse = low !== null && low > atMost;
  const held = guardrail.action === 'alert' ? 'alert' : 'hold';
  const figures = `${rate(treatment)} now, ${rate(before)} on the control before`;
  return worse
    ? check(held, of, `${guardrail.name} is worse than it was: ${figures}; without a control at the same time, a person decides.`)
    : check('pass', of, `${guardrail.name}: ${figures}.`);
}

const isCount = ({ events, total }: Count): boolean => events >= 0 && events <= total && Number.isFinite(total);
const isPossible = ({ control, treatment }: Look): boolean => isCount(control) && isCount(treatment);

const sumOf = (looks: readonly Look[]): Look => ({
  control: totalOf(looks.map(({ control }) => control)),
  treatment: totalOf(looks.map(({ treatment }) => treatment)),
});

function totalOf(counts: readonly Count[]): Count {
  let [events, total] = [0, 0];
  for (const count of counts) {
    events += count.events;
    total += count.total;
  }
  return { events, total };
}

/** The ratio of the rates; null where the control's is 0. */
function ratioOf({ control, treatment }: Look): number | null {
  const share = ({ events, total }: Count): number => events / total;
  const ratio = share(treatment) / share(control);
  return Number.isFinite(ratio) ? ratio : null;
}

function shiftedSentence(
  guardrail: ThresholdGuardrail,
  { window, treatment, control, steadyChance, burst }: RateShift,
  is: 'is' | 'may be',
): string {
  const back = `${(window * periodMs(guardrail)) / 1000} s`;
  return (
    `${guardrail.name} ${is} worse on the new path: ${rate(treatment)} in the last ${back}, ${rate(control)} on the control at the same time; ` +
    `luck alone does that with chance ${steadyChance.toExponential(0)}${burst === 1 ? '' : `, in bursts of ${Number(burst.toPrecision(2))} as the control's`}.`
  );
}

const rate = ({ events, total }: Count): string =>
  total === 0 ? 'nothing' : `${Number(((100 * events) / total).toPrecision(3))} % (${events} of ${total})`;
