import { endsAt, type KeptExperiment, withinMs } from './experiment.ts';
import { judgeExperiment } from './judge-experiment.ts';
import { detectRegression } from './regression.ts';
import { type Cohorts, cohortsOf, type Exposed, figureOf, measured } from './results.ts';
import type { Subject } from './subject.ts';
import { type Check, type Verdict, verdictOf } from './verdict.ts';

/** More subjects than this that saw both variations, and cohorts say too little. */
const MOST_MOVED = 0.01;
/** The experiment's time is cut into so many windows, each of them worth a figure from so many subjects on. */
const WINDOWS = 16;
const LEAST_IN_WINDOW = 20;
/** One look in a thousand may be luck; such a finding only holds. */
const FADES = { alpha: 1e-3, tolerance: 0.1 } as const;

/** Everything that speaks for or against the treatment, at `now` (epoch ms). */
export function experimentVerdict(one: KeptExperiment, subjects: readonly Subject[], now: number): Verdict {
  const cohorts = cohortsOf(one, subjects);
  const { checks } = judgeExperiment({
    exposures: { control: cohorts.control.length, treatment: cohorts.treatment.length },
    shares: one.shares,
    minSample: one.minSample,
    alpha: one.alpha,
    measures: one.measures.map((measure) => measured(one, measure, cohorts)),
  });
  const primary = one.measures.filter(({ primary: isPrimary }) => isPrimary);
  return verdictOf([...checks, movedCheck(cohorts), ...primary.map((measure) => fadeCheck(one, measure, cohorts, now))]);
}

const sampleOf = ({ control, treatment }: Cohorts) => ({ control: control.length, treatment: treatment.length });

function movedCheck(cohorts: Cohorts): Check {
  const all = [...cohorts.control, ...cohorts.treatment];
  const moved = all.filter((one) => one.moved).length;
  const share = all.length === 0 ? null : moved / all.length;
  const isMany = share !== null && share > MOST_MOVED;
  const sentence = `${moved} of ${all.length} subjects were shown the other variation later on`;
  return {
    ...{ name: 'cohorts', outcome: isMany ? 'hold' : 'pass', value: share, limit: MOST_MOVED, interval: null },
    sample: sampleOf(cohorts),
    sentence: isMany ? `${sentence}: keep the split as it is while the experiment runs.` : `${sentence}.`,
  };
}

/** Whether the treatment's lead over the control is less of late than it was before. What changed for both sides is in neither. */
function fadeCheck(one: KeptExperiment, measure: KeptExperiment['measures'][number], cohorts: Cohorts, now: number): Check {
  const length = (Math.min(now, endsAt(one)) - one.startedAt) / WINDOWS;
  const within = withinMs(one);
  const windowsOf = (subjects: readonly Exposed[]) => {
    const sums = Array.from({ length: WINDOWS }, () => ({ n: 0, sum: 0 }));
    for (const subject of subjects) {
      const window = sums[Math.min(WINDOWS - 1, Math.floor((subject.exposedAt - one.startedAt) / length))];
      if (!window) continue;
      window.n += 1;
      window.sum += figureOf(subject, measure, within);
    }
    return sums;
  };
  const [control, treatment] = [windowsOf(cohorts.control), windowsOf(cohorts.treatment)];
  const leads = treatment.flatMap(({ n, sum }, index) => {
    const other = control[index] ?? { n: 0, sum: 0 };
    return Math.min(n, other.n) < LEAST_IN_WINDOW ? [] : [sum / n - other.sum / other.n];
  });
  const recent = Math.floor(leads.length / 3);
  const [earlier, late] = [leads.slice(0, leads.length - recent), leads.slice(leads.length - recent)];
  const bad = measure.better === 'higher' ? 'low' : 'high';
  const common = { name: `${measure.name} of late`, sample: sampleOf(cohorts), limit: FADES.tolerance, interval: null };
  if (recent < 4) {
    const sentence = `There are too few windows of ${LEAST_IN_WINDOW} subjects to tell whether the lead in ${measure.name} lasts.`;
    return { ...common, outcome: 'pass', value: null, sentence };
  }
  const { finding, change, sentence } = detectRegression(earlier, late, { ...FADES, bad, against: 'history' });
  const outcome = finding === 'suspected' ? 'hold' : 'pass';
  return { ...common, outcome, value: change, sentence: `The treatment's lead in ${measure.name}: ${sentence}` };
}
