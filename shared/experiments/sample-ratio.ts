import { InvalidSampleError } from './invalid-sample-error.ts';
import { logGamma } from './log-gamma.ts';

export interface SampleRatio {
  readonly mismatch: boolean;
  /** Always valid: under the intended split, looking after every unit, the chance that it ever falls to x is at most x. */
  readonly p: number;
}

/** How far from the intended split deviations are looked for: about 1 / sqrt(this). */
const CONCENTRATION = 1000;

/**
 * The sequential sample-ratio check of Lindon and Malek: a Dirichlet-multinomial mixture, centred at the intended shares,
 * against the shares themselves. `shares` need not sum to 1. A fixed chi-square test, repeated, cries wolf; this does not.
 */
export function sampleRatio(counts: readonly number[], shares: readonly number[], alpha: number): SampleRatio {
  const whole = shares.reduce((sum, share) => sum + share, 0);
  if (counts.length !== shares.length || counts.length < 2) throw new InvalidSampleError('Each arm needs a count and a share');
  if (!counts.every((count) => count >= 0 && Number.isFinite(count)))
    throw new InvalidSampleError(`The counts are ${counts.join(', ')}`);
  if (!shares.every((share) => share > 0 && Number.isFinite(share)))
    throw new InvalidSampleError(`The shares are ${shares.join(', ')}`);
  const total = counts.reduce((sum, count) => sum + count, 0);
  let logEvidence = logGamma(CONCENTRATION) - logGamma(CONCENTRATION + total);
  for (const [arm, count] of counts.entries()) {
    const share = (shares[arm] ?? Number.NaN) / whole;
    logEvidence += logGamma(CONCENTRATION * share + count) - logGamma(CONCENTRATION * share) - count * Math.log(share);
  }
  const p = Math.min(1, Math.exp(-logEvidence));
  return { mismatch: p <= alpha, p };
}
