import { RunStateError } from '../errors/run-errors.ts';
import type { RolloutComponent } from '../plan/plan.ts';
import { requireWork } from '../run/component-end.ts';
import type { EventDraft } from '../run/event-chain.ts';
import { shiftFlag } from '../run/flag-access.ts';
import type { JournalDeps } from '../run/journal.ts';
import type { RunState } from '../run/run-state.ts';
import { changeWork, settleWork, type Work } from '../run/work-access.ts';
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

/** The stage that was entered last counts as good, whatever it lacks; a guardrail that trips still takes it back. Answers the stage, from 0. */
export async function promoteStage(deps: JournalDeps, run: RunState, component: RolloutComponent, said: Said): Promise<number> {
  const { work, progress } = await underWay(deps, run, component);
  const stage = work.state.cursor - 1;
  if (stage < 0) throw new RunStateError(`${component.name} has entered no stage yet.`, { next: `slipway watch ${run.id}` });
  const draft = { type: 'stagePromoted', actor: said.actor, data: { stage, reason: said.reason } } as const;
  await write(deps, work, draft, { ...progress, byHand: stage + 1, heldByHand: false });
  return stage;
}

/** Back to an earlier stage, where it is held until a person promotes it. The machine enters the stage anew, so that a crash in between is mended. */
export async function lowerStage(
  deps: JournalDeps,
  run: RunState,
  component: RolloutComponent,
  stage: number,
  said: Said,
  documentAt: DocumentAt,
): Promise<void> {
  const { work, progress } = await underWay(deps, run, component);
  const { percent } = requireStage(component, stage);
  if (stage >= work.state.cursor - 1) {
    const at = work.state.cursor - 1;
    const next = at <= 0 ? `slipway rollback ${run.id} -m REASON` : `Name a stage below ${at}.`;
    throw new RunStateError(`${component.name} is at stage ${at}, which is no higher than ${stage}.`, { next });
  }
  if (work.state.intent && !work.state.intent.ended)
    throw new RunStateError(`${component.name} is just being shifted.`, { next: 'Try again in a few seconds.' });
  const held = [`A person took it back to ${percent} %: ${said.reason}`];
  const draft = { type: 'stageLowered', actor: said.actor, data: { stage, percent, reason: said.reason } } as const;
  const { enteredAt: _, ...rest } = progress;
  await write(
    deps,
    work,
    draft,
    { ...rest, promoted: stage, byHand: Math.min(progress.byHand, stage), heldByHand: true, held },
    stage,
  );
  const before = work.state.rollbackPoint?.['document'] as Parameters<DocumentAt>[0];
  const shift = { environment: run.environment, flag: component.flag, document: documentAt(before, stage) };
  await shiftFlag(deps, { runId: run.id, epoch: run.epoch }, { ...shift, deadline: deps.clock.now() + SHIFT_MS });
}

async function underWay(deps: JournalDeps, run: RunState, component: RolloutComponent) {
  if (run.direction === 'back' || !UNDER_WAY.has(run.status))
    throw new RunStateError(`${run.id} is ${run.status}: no stage of it can be changed.`, { next: `slipway status ${run.id}` });
  const work = await requireWork(deps, { runId: run.id, epoch: run.epoch }, component.name);
  if (work.state.status === 'completed')
    throw new RunStateError(`${component.name} has been through all its stages.`, {
      next: `slipway rollback ${run.id} -m REASON`,
    });
  return { work, progress: progressOf(work.state) };
}

async function write(
  deps: JournalDeps,
  work: Work,
  draft: EventDraft,
  progress: RolloutProgress,
  cursor?: number,
): Promise<void> {
  const set = { progress: JSON.parse(JSON.stringify(progress)), ...(cursor === undefined ? {} : { cursor }) };
  await settleWork(deps, await changeWork(deps, work, draft, cursor === undefined ? { set } : { set, remove: ['intent'] }));
}
