import { STRICTNESS, type Strictness } from '../experiments/rate-shift.ts';
import { sampleRatio } from '../experiments/sample-ratio.ts';
import { type Check, type Verdict, verdictOf } from '../experiments/verdict.ts';
import { judgeGuardrail } from './judge-guardrail.ts';
import type { StageState } from './stage-state.ts';

/** What the sample-ratio check of a stage may cost in false holds. */
const SPLIT_ALPHA = 1e-4;

/**
 * Whether a stage may be promoted, must wait, or must be taken back. Pure: the same state gives the same verdict.
 * Too little to go on is a hold, never a promotion and never a rollback.
 */
export function judge(stage: StageState, strictness: Strictness = STRICTNESS): Verdict {
  const compared = stage.guardrails.filter(({ comparison }) => comparison !== null).length;
  // All comparisons of the rollout share one alpha.
  const shared = { ...strictness, alpha: strictness.alpha / Math.max(1, compared) };
  return verdictOf([
    bakeCheck(stage),
    sampleCheck(stage),
    ...splitCheck(stage),
    ...stage.guardrails.flatMap((evidence) => judgeGuardrail(evidence, stage, shared)),
  ]);
}

function bakeCheck({ now, startedAt, bake }: StageState): Check {
  const [baked, wanted] = [Math.max(0, now - startedAt) / 60_000, bake / 60_000];
  const enough = baked >= wanted;
  return {
    name: 'bake',
    outcome: enough ? 'pass' : 'hold',
    value: baked,
    limit: wanted,
    sample: { control: null, treatment: null },
    interval: null,
    sentence: `The stage has been watched for ${minutes(baked)} of ${minutes(wanted)}.`,
  };
}

function sampleCheck({ exposures, minSample, percent }: StageState): Check {
  // At 100 % nobody is left to be the control.
  const arms = percent === 100 ? [exposures.treatment] : [exposures.control, exposures.treatment];
  const least = Math.min(...arms);
  const odd = arms.some((count) => !(count >= 0 && Number.isFinite(count)));
  const enough = !odd && least >= minSample;
  const short = exposures.treatment === 0 ? 'No traffic has reached the new path' : `The smaller arm has ${least} exposures`;
  return {
    name: 'sample',
    outcome: enough ? 'pass' : 'hold',
    value: odd ? null : least,
    limit: minSample,
    sample: exposures,
    interval: null,
    sentence: odd
      ? `Exposures of ${exposures.control} and ${exposures.treatment} cannot be.`
      : enough
        ? `Each arm has the ${minSample} exposures that it needs.`
        : `${short}; ${minSample} are needed.`,
  };
}

function splitCheck({ exposures, percent, split }: StageState): Check[] {
  const { control, treatment } = exposures;
  if (split === 'other' || percent === 100 || !(control >= 0 && treatment >= 0 && Number.isFinite(control + treatment)))
    return [];
  const { mismatch, p } = sampleRatio([control, treatment], [100 - percent, percent], SPLIT_ALPHA);
  const seen = control + treatment === 0 ? null : (100 * treatment) / (control + treatment);
  const share = seen === null ? 'no exposure yet' : `${Number(seen.toPrecision(3))} % of exposures`;
  return [
    {
      name: 'split',
      outcome: mismatch ? 'hold' : 'pass',
      value: seen,
      limit: percent,
      sample: exposures,
      interval: null,
      sentence: mismatch
        ? `The new path got ${share} instead of ${percent} % (chance ${p.toExponential(1)}): the split is broken, and no comparison can be trusted.`
        : `The new path got ${share}, with ${percent} % intended.`,
    },
  ];
}

const minutes = (count: number): string => (count < 1 ? `${Math.floor(count * 60)} s` : `${Number(count.toFixed(1))} min`);
