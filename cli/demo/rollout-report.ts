import type { RunView } from '../../shared/api/run-view.ts';
import type { CitySearch } from './city-search.ts';
import type { RolloutStory, StageStory } from './rollout-story.ts';

/** What was done to the new path on purpose, and what became of it; times in epoch ms. */
export interface FaultReport {
  readonly kind: string;
  /** The stage, in percent of traffic on the new path, at which it was broken. */
  readonly at: number;
  readonly injectedAt: number | null;
  readonly trippedAt: number | null;
  /** `judge` where a look at the stage came before the alarm. */
  readonly guardrail: string | null;
  readonly reason: string | null;
  /** The write that sends everybody to the old path had been made. */
  readonly flagAtOldAt: number | null;
  /** When the last search that the new path answered was sent. */
  readonly lastOnNewAt: number | null;
  readonly rolledBackAt: number | null;
}

/** The part of `demo --json` that tells of the rollout. */
export interface RolloutReport {
  readonly run: string;
  readonly status: RunView['status'];
  /** From the run's creation to its end. */
  readonly seconds: number;
  readonly stages: readonly StageStory[];
  /** Answered searches by path, as their users saw them. */
  readonly requests: { readonly old: number; readonly new: number };
  readonly failed: { readonly old: number; readonly new: number };
  readonly unanswered: number;
  /** Answers of the new path that were compared with the old one's. */
  readonly compared: number;
  readonly mismatches: number;
  /** ms, of the last thousand searches of each path. */
  readonly p95: { readonly old: number | null; readonly new: number | null };
  readonly fault?: FaultReport;
}

export interface Injection {
  readonly kind: string;
  readonly at: number;
}

/** An alarm is named after its environment, run, component and guardrail. */
const guardrailOf = (by: string, run: string): string => by.split(`-${run}-search-`)[1] ?? by;

export function rolloutReport(
  { id, status, seconds }: RunView,
  story: RolloutStory,
  { traffic, service, brokenAt }: Pick<CitySearch, 'traffic' | 'service' | 'brokenAt'>,
  injection: Injection | undefined,
): RolloutReport {
  const { tripped, rolledBackAt } = story;
  const fault: FaultReport | undefined = injection && {
    ...injection,
    injectedAt: brokenAt ?? null,
    trippedAt: tripped?.at ?? null,
    guardrail: tripped ? guardrailOf(tripped.by, id) : null,
    reason: tripped?.reason ?? null,
    flagAtOldAt: tripped?.heardAt ?? null,
    lastOnNewAt: traffic.lastOnNew,
    rolledBackAt: rolledBackAt ?? null,
  };
  return {
    run: id,
    status,
    seconds,
    stages: story.stages,
    requests: { old: traffic.old.requests, new: traffic.new.requests },
    failed: { old: traffic.old.failed, new: traffic.new.failed },
    unanswered: traffic.unanswered,
    ...service,
    ...(fault && { fault }),
  };
}
