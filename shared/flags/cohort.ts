import type { Outcome } from './compile-flag.ts';
import type { FlagContext } from './resolution.ts';

/** That a key was given a variation of a flag: the first one recorded is the key's cohort. */
export interface Exposure {
  readonly flag: string;
  readonly key: string;
  readonly cohort: string;
  /** By hash; otherwise a rule chose the key for what it is, and a comparison of cohorts would say nothing. */
  readonly dealt: boolean;
}

/** Whether a rule deals anybody by hash. */
export const dealsByHash = (targeting: unknown): boolean => JSON.stringify(targeting ?? null).includes('"fractional":');

/** undefined: nobody was exposed to a variation, since there is no key, or the caller's default counted. */
export function exposureOf(
  flag: string,
  outcome: Pick<Outcome, 'reason'> & { readonly variant?: string },
  context: FlagContext,
): Exposure | undefined {
  const { targetingKey: key } = context;
  if (!key || outcome.variant === undefined) return undefined;
  return { flag, key, cohort: outcome.variant, dealt: outcome.reason === 'SPLIT' };
}
