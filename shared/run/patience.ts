import { formatDuration } from '../notation/quantities.ts';
import type { JournalDeps } from './journal.ts';
import { CLOCK_MARGIN_MS, type SliceOutcome } from './steps.ts';
import type { Work } from './work-access.ts';

/**
 * Since when a step has been tried without reaching its checkpoint, epoch ms. A takeover counts from its own first intent:
 * what the run waited for a person is nobody's delay. Waiting for a dead writer is part of it.
 */
export function triedSince(work: Work | undefined, step: number, now: number): number {
  const intent = work?.state.intent;
  const same = intent && !intent.back && intent.step === step && intent.epoch === work.writer.epoch;
  return (same ? intent.since : undefined) ?? now;
}

/** No wait before another attempt reaches beyond the time in which a checkpoint is due: nobody would make the attempt. */
export function waitWithin(deps: Pick<JournalDeps, 'clock'>, work: Work, delay: number, patienceMs: number | undefined): number {
  const { intent } = work.state;
  if (!intent || patienceMs === undefined) return delay;
  const now = deps.clock.now();
  return Math.max(0, Math.min(delay, triedSince(work, intent.step, now) + patienceMs - now));
}

/**
 * What ends a step in place of another attempt, once it has been tried for `patienceMs` (undefined: it may take as long as it
 * takes). Nothing of it may be under way when it fails: until that is certain, the answer is to wait.
 */
export function outOfPatience(
  deps: Pick<JournalDeps, 'clock'>,
  work: Work | undefined,
  patienceMs: number | undefined,
): (SliceOutcome & { readonly outcome: 'failed' | 'wait' }) | undefined {
  const intent = work?.state.intent;
  if (!work || !intent || patienceMs === undefined) return undefined;
  const now = deps.clock.now();
  if (now - triedSince(work, intent.step, now) < patienceMs) return undefined;
  const dead = intent.deadline + CLOCK_MARGIN_MS;
  if (!intent.ended && now < dead) return { outcome: 'wait', until: dead };
  return { outcome: 'failed', code: 'TIMED_OUT', message: explain(work, intent, patienceMs) };
}

function explain(work: Work, { step, attempt }: { step: number; attempt: number }, patienceMs: number): string {
  const [, component = '', segment] = work.key.sk.split('#');
  const what = segment === undefined ? `Step ${step}` : `Interval ${step} of segment ${Number(segment)}`;
  const { lastEvent } = work.state;
  const last = lastEvent?.type === 'stepFailed' ? `; the last said: ${String(lastEvent.data['message'])}` : '';
  return (
    `${what} of ${component} reached no checkpoint within ${formatDuration(patienceMs)} (timeouts.migrate), in ` +
    `${attempt} ${attempt === 1 ? 'attempt' : 'attempts'}${last}. ` +
    `See what held it up with: slipway logs ${work.writer.runId}. Then retry, with a longer timeouts.migrate where it needs one.`
  );
}
