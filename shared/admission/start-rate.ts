import * as z from 'zod';
import { RivalError } from '../errors/run-errors.ts';
import type { Item, Value } from '../ports/store.ts';
import { commit, type JournalDeps } from '../run/journal.ts';
import { rateKey } from '../run/keys.ts';
import { readable } from '../run/run-state.ts';
import { countStart } from '../run/writes.ts';
import { RateLimitedError } from './admission-errors.ts';
import type { PersonLimits } from './limits.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const RIVALS = 16;
/** After another has come between, ms: up to so long, twice that the next time, and so on up to the last. */
const SHORTEST = 20;
const LONGEST = 600;

const start = z.object({ runId: z.string(), at: z.number() });
export type Start = z.output<typeof start>;

export type StartDecision =
  | { readonly starts: readonly Start[] }
  | { readonly refused: 'hour' | 'day'; readonly most: number; readonly retryAfterMs: number };

/** Whether a person may start another run, over windows that slide: those of the last 60 minutes and of the last 24 hours count. Pure. */
export function decideStart(before: readonly Start[], runId: string, limits: PersonLimits, now: number): StartDecision {
  const starts = before.filter(({ at }) => now - at < DAY_MS);
  const windows = [
    { name: 'hour', ms: HOUR_MS, most: limits.perHour ?? null },
    { name: 'day', ms: DAY_MS, most: limits.perDay ?? null },
  ] as const;
  const refusals = windows.flatMap(({ name, ms, most }) => {
    const within = starts.filter(({ at }) => now - at < ms).sort((one, other) => one.at - other.at);
    if (most === null || within.length < most) return [];
    const leaves = within[within.length - most];
    return [{ refused: name, most, retryAfterMs: leaves ? leaves.at + ms - now : ms }];
  });
  const longest = refusals.sort((one, other) => other.retryAfterMs - one.retryAfterMs)[0];
  return longest ?? { starts: [...starts, { runId, at: now }] };
}

/** Counts the start of a run, once however often it is asked. Throws RateLimitedError. */
export async function countStartOf(deps: JournalDeps, person: string, runId: string, limits: PersonLimits): Promise<void> {
  if ((limits.perHour ?? null) === null && (limits.perDay ?? null) === null) return;
  const key = rateKey(person);
  for (let rivals = 0; rivals < RIVALS; rivals += 1) {
    const item = await deps.store.read(key);
    const before = startsOf(item);
    if (before.some((one) => one.runId === runId)) return;
    const decision = decideStart(before, runId, limits, deps.clock.now());
    if ('refused' in decision) throw refusal(person, decision);
    const starts = decision.starts as unknown as Value;
    const counted = await commit(deps, countStart(key, Number(item?.['rev'] ?? 0), { starts }));
    if (counted.applied) return;
    await deps.clock.sleep(Math.min(LONGEST, SHORTEST * 2 ** rivals) * deps.ids.random());
  }
  throw new RivalError(`${person} starts too many runs at once to count them`, { next: 'Start the run again.' });
}

const startsOf = (item: Item | undefined): readonly Start[] => (item ? z.array(start).parse(readable(item)['starts']) : []);

function refusal(person: string, { refused, most, retryAfterMs }: Extract<StartDecision, { refused: string }>): RateLimitedError {
  const seconds = Math.max(1, Math.ceil(retryAfterMs / 1000));
  const message = `${person} may start ${most} ${most === 1 ? 'run' : 'runs'} in ${refused === 'hour' ? 'an hour' : 'a day'}, and has.`;
  const next = `Start it again in ${seconds} seconds; an administrator changes limits: slipway limits set --help`;
  return new RateLimitedError(message, seconds, { next });
}
