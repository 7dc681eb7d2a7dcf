import { RivalError } from '../errors/run-errors.ts';
import type { JournalDeps } from './journal.ts';
import type { SliceOutcome } from './steps.ts';
import { settleWork, type Work } from './work-access.ts';

/** How far a slice has come; with an end nothing more is done in it. */
export interface Advance {
  readonly work: Work;
  readonly end?: SliceOutcome;
}

/** One advance after the other until one of them ends the slice; the last event is put in any case. */
export async function untilEnd(
  deps: JournalDeps,
  start: Work,
  begin: (work: Work) => Promise<Advance>,
  goOn: (work: Work) => Promise<Advance>,
): Promise<SliceOutcome> {
  let at: Advance = { work: start };
  try {
    at = await begin(start);
    while (!at.end) at = await goOn(at.work);
    await settleWork(deps, at.work);
    return at.end;
  } catch (error) {
    // No promise may outlive the invocation; what this one could not put, the next writer or reader does.
    await settleWork(deps, at.work).catch(() => {});
    // A rival has it in hand: come back and find its intent, or its checkpoint.
    if (error instanceof RivalError) return { outcome: 'more' };
    throw error;
  }
}
