import { RivalError, RunStateError } from '../errors/run-errors.ts';
import type { RolloutComponent } from '../plan/plan.ts';
import { requireWork } from '../run/component-end.ts';
import type { EventDraft } from '../run/event-chain.ts';
import { shiftFlag } from '../run/flag-access.ts';
import type { JournalDeps } from '../run/journal.ts';
import type { RunState } from '../run/run-state.ts';
import { changeWork, settleWork, type Work } from '../run/work-access.ts';
import type { Intent, WorkState } from '../run/work-state.ts';
import { lookAfter } from './look-after.ts';
import type { Rollout } from './rollout-context.ts';
import { progressOf, type RolloutProgress } from './rollout-progress.ts';
import type { DocumentAt } from './shift-stage.ts';
import { requireStage } from './stage.ts';

/** What a person says to a rollout that is under way. */
export interface Said {
  readonly actor: string;
  readonly reason: string;
}

const UNDER_WAY = new Set(['running', 'awaiting-approval', 'pausing', 'paused']);
const SHIFT_MS = 10_000;
const RIVALS = 20;

export interface Promoted {
  /** From 0. */
  readonly stage: number;
  /** So long, in ms, it may take until the machine looks and goes on. */
  readonly heardWithinMs: number;
}

/** The stage that was entered last counts as good, whatever it lacks; a guardrail that trips still takes it back. */
export const promoteStage = (deps: JournalDeps, run: RunState, component: RolloutComponent, said: Said): Promise<Promoted> =>
  beforeRivals(async () => {
    const { work, progress } = await underWay(deps, run, component);
    const stage = stageOf(work.state, progress);
    if (stage < 0) throw new RunStateError(`${component.name} has entered no stage yet.`, { next: `slipway watch ${run.id}` });
    if (stage < progress.promoted) {
      const why = progress.held.join(' ') || 'It is about to.';
      throw new RunStateError(`${component.name} may enter its next stage already. ${why}`, { next: `slipway watch ${run.id}` });
    }
    const draft = { type: 'stagePromoted', actor: said.actor, data: { stage, reason: said.reason } } as const;
    await write(deps, work, draft, { progress: { ...progress, byHand: stage + 1, heldByHand: false } });
    const { bake } = requireStage(component, stage);
    const now = deps.clock.now();
    return { stage, heardWithinMs: lookAfter(now - (progress.enteredAt ?? now), { bake, look: component.look }) };
  });

/**
 * Back to an earlier stage, where it is held until a person promotes it. As every shift: the intent first, then the flag, then the
 * checkpoint; where this dies in between, the machine mends it after the intent's deadline.
 */
export async function lowerStage(
  deps: JournalDeps,
  run: RunState,
  component: RolloutComponent,
  stage: number,
  said: Said,
  documentAt: DocumentAt,
): Promise<void> {
  const { percent } = requireStage(component, stage);
  const deadline = deps.clock.now() + SHIFT_MS;
  const { work, progress } = await beforeRivals(async () => {
    const now = await underWay(deps, run, component);
    requireHigher(run, component, now, stage);
    const { enteredAt: _, ...rest } = now.progress;
    const held = [`A person took it back to ${percent} %: ${said.reason}`];
    const byHand = Math.min(rest.byHand, stage);
    const progress = { ...rest, promoted: stage, byHand, heldByHand: true, held };
    const intent = { step: stage, attempt: 1, epoch: run.epoch, back: false, by: deps.ids.next(), deadline };
    const draft = { type: 'stageLowered', actor: said.actor, data: { stage, percent, reason: said.reason } } as const;
    return { work: await write(deps, now.work, draft, { progress, cursor: stage, intent }), progress };
  });
  const before = work.state.rollbackPoint?.['document'] as Parameters<DocumentAt>[0];
  const shift = { environment: run.environment, flag: component.flag, document: documentAt(before, stage), deadline };
  await shiftFlag(deps, { runId: run.id, epoch: run.epoch }, shift);
  const entered = { progress: { ...progress, enteredAt: deps.clock.now() }, cursor: stage + 1 };
  await write(deps, work, { type: 'stageEntered', data: { stage, percent } }, entered).catch((error: unknown) => {
    // Somebody has promoted it meanwhile, or the machine has entered it: the flag is where it belongs.
    if (!(error instanceof RivalError)) throw error;
  });
}

/** The stage that it is in, or was lowered to and is entering anew. */
const stageOf = ({ cursor }: WorkState, { heldByHand, promoted }: RolloutProgress): number =>
  heldByHand && cursor === promoted ? cursor : cursor - 1;

function requireHigher(run: RunState, component: RolloutComponent, { work, progress }: Rollout, stage: number): void {
  const at = stageOf(work.state, progress);
  if (stage >= at) {
    const next = at <= 0 ? `slipway rollback ${run.id} -m REASON` : `Name a stage below ${at}.`;
    throw new RunStateError(`${component.name} is at stage ${at}, which is no higher than ${stage}.`, { next });
  }
  if (work.state.intent && !work.state.intent.ended)
    throw new RunStateError(`${component.name} is just being shifted.`, { next: 'Try again in a few seconds.' });
}

async function underWay(deps: JournalDeps, run: RunState, component: RolloutComponent): Promise<Rollout> {
  if (run.direction === 'back' || !UNDER_WAY.has(run.status))
    throw new RunStateError(`${run.id} is ${run.status}: no stage of it can be changed.`, { next: `slipway status ${run.id}` });
  const work = await requireWork(deps, { runId: run.id, epoch: run.epoch }, component.name);
  if (work.state.status === 'completed')
    throw new RunStateError(`${component.name} has been through all its stages.`, {
      next: `slipway rollback ${run.id} -m REASON`,
    });
  return { work, progress: progressOf(work.state) };
}

/** What is not named stays; a new cursor ends an intent. */
interface Written {
  readonly progress: RolloutProgress;
  readonly cursor?: number;
  readonly intent?: Intent;
}

async function write(deps: JournalDeps, work: Work, draft: EventDraft, written: Written): Promise<Work> {
  const set = JSON.parse(JSON.stringify(written));
  const moves = written.cursor !== undefined && written.intent === undefined;
  const next = await changeWork(deps, work, draft, moves ? { set, remove: ['intent'] } : { set });
  await settleWork(deps, next);
  return next;
}

/** The machine looks at the rollout meanwhile and may write first: then it is decided again, on what that wrote. */
async function beforeRivals<T>(attempt: () => Promise<T>): Promise<T> {
  for (let rivals = 0; ; rivals += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof RivalError) || rivals >= RIVALS) throw error;
    }
  }
}
