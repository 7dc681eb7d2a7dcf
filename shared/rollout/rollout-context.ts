import { isDeepStrictEqual } from 'node:util';
import type { RolloutComponent } from '../plan/plan.ts';
import type { Alarms } from '../ports/alarms.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { Value } from '../ports/store.ts';
import { requireWork } from '../run/component-end.ts';
import type { JournalDeps } from '../run/journal.ts';
import type { RunWriter } from '../run/run-access.ts';
import type { Slice } from '../run/steps.ts';
import { changeWork, settleWork, type Work } from '../run/work-access.ts';
import { progressOf, type RolloutProgress } from './rollout-progress.ts';

export interface RolloutDeps extends JournalDeps {
  readonly metrics: Metrics;
  readonly alarms: Alarms;
}

/** One rollout of a run, as one invocation works on it. */
export interface RolloutContext {
  readonly deps: RolloutDeps;
  readonly writer: RunWriter;
  readonly environment: string;
  readonly component: RolloutComponent;
  /** Every flag of the run: where one has tripped, the whole run goes back. */
  readonly flags: readonly string[];
  readonly slice: Slice;
}

export interface Rollout {
  readonly work: Work;
  readonly progress: RolloutProgress;
}

export async function loadRollout({ deps, writer, component }: RolloutContext): Promise<Rollout> {
  const work = await requireWork(deps, writer, component.name);
  return { work, progress: progressOf(work.state) };
}

/** Its stage is entered, or just being entered, or a person has lowered it to there: nothing stands in the way of that any more. */
export const isUnderWay = ({ work: { state }, progress }: Rollout): boolean =>
  state.cursor > progress.promoted || progress.heldByHand || (state.intent !== undefined && !state.intent.ended);

/** Writes what a rollout waits for, and the verdict that says so; nothing where that is known well enough already. */
export async function hold(context: RolloutContext, rollout: Rollout, held: readonly string[], verdict?: Value): Promise<void> {
  const { work, progress } = rollout;
  const now = context.deps.clock.now();
  if (isDeepStrictEqual(progress.held, held) && verdict === undefined) return;
  if (words(progress.held) === words(held) && fresh(context, progress, now)) return;
  const next = { ...progress, held: [...held], heldAt: now, ...(verdict === undefined ? {} : { verdict }) };
  const data = { stage: progress.promoted, held: [...held] };
  const written = await changeWork(context.deps, work, { type: 'stageHeld', data }, { set: { progress: next as never } });
  await settleWork(context.deps, written);
}

/**
 * Figures move at every look, and each write makes an event: where they alone are new they are written again after a tenth of
 * the bake time, and the longer a stage is held the more rarely.
 */
function fresh({ component }: RolloutContext, progress: RolloutProgress, now: number): boolean {
  const heldFor = now - (progress.enteredAt ?? now);
  return now - (progress.heldAt ?? 0) < Math.max(component.bake, heldFor) / 10;
}

const words = (sentences: readonly string[]): string =>
  sentences.map((text) => text.replace(/[\d.]+(?:e-?\d+)?/g, '#')).join('\n');
