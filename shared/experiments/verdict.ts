import type { Interval } from './interval.ts';

/** What one check asks for; the worst of all checks is the verdict, and `alert` asks for nothing. */
export type Outcome = 'pass' | 'alert' | 'hold' | 'rollback';

export interface Check {
  readonly name: string;
  readonly outcome: Outcome;
  /** In the unit of the limit; null where nothing could be measured. */
  readonly value: number | null;
  readonly limit: number | null;
  /** Observations by arm; null where the check knows none of its own. */
  readonly sample: { readonly control: number | null; readonly treatment: number | null };
  readonly interval: Interval | null;
  /** One sentence for a person. */
  readonly sentence: string;
}

export interface Verdict {
  readonly decision: 'promote' | 'hold' | 'rollback';
  /** The sentences that decided. */
  readonly reasons: readonly string[];
  readonly checks: readonly Check[];
}

/** A rollback outweighs a hold, a hold outweighs everything else, and only where neither is asked for is anything promoted. */
export function verdictOf(checks: readonly Check[]): Verdict {
  const of = (outcome: Outcome): string[] => checks.filter((check) => check.outcome === outcome).map(({ sentence }) => sentence);
  const [rollbacks, holds] = [of('rollback'), of('hold')];
  if (rollbacks.length > 0) return { decision: 'rollback', reasons: rollbacks, checks };
  if (holds.length > 0 || checks.length === 0)
    return { decision: 'hold', reasons: holds.length > 0 ? holds : ['Nothing was checked.'], checks };
  return { decision: 'promote', reasons: [`All ${checks.length} checks passed.`], checks };
}
