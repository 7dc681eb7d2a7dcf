import { GuardrailTrippedError, PreparationError } from '../errors/run-errors.ts';
import { restoreFlag, shiftFlag } from '../run/flag-access.ts';
import type { FlagDocument } from '../run/flag-state.ts';
import type { SliceOutcome, StepEffects } from '../run/steps.ts';
import { undoSteps } from '../run/undo-steps.ts';
import { changeWork, settleWork } from '../run/work-access.ts';
import { workSteps } from '../run/work-steps.ts';
import { nextLook } from './next-look.ts';
import { loadRollout, type Rollout, type RolloutContext } from './rollout-context.ts';
import { requireStage, stagesOf } from './stage.ts';

/** One write of a flag, tried again by its caller where it was not heard of. */
const SHIFT_MS = 10_000;
const AGAIN_MS = [500, 2000, 8000];

/** The document of a rollout's flag at one of its stages. */
export type DocumentAt = (before: FlagDocument, stage: number) => FlagDocument;

export type Shifted = SliceOutcome | { readonly outcome: 'entered'; readonly stage: number; readonly until: number };

/** Enters the stage after the ones that were promoted; one that was entered already stays as it is. `until`: when to judge it. */
export async function shiftStage(context: RolloutContext, documentAt: DocumentAt): Promise<Shifted> {
  const rollout = await loadRollout(context);
  const stage = rollout.progress.promoted;
  const effects = stageEffects(context, rollout, documentAt, stage + 1);
  const end = await workSteps({ ...stepContext(context), effects }, rollout.work);
  if (end.outcome !== 'done') return end;
  const entered = await enter(context);
  return { outcome: 'entered', stage, until: nextLook(context, entered) };
}

/** Takes a rollout back to its rollback point, stage by stage as it came, all with the same document. */
export async function undoStages(context: RolloutContext, documentAt: DocumentAt): Promise<SliceOutcome> {
  const rollout = await loadRollout(context);
  const effects = stageEffects(context, rollout, documentAt, stagesOf(context.component).length);
  return undoSteps({ ...stepContext(context), effects }, rollout.work);
}

/** When the stage was entered is on the item before it is judged. */
async function enter(context: RolloutContext): Promise<Rollout> {
  const { deps } = context;
  const rollout = await loadRollout(context);
  const { work, progress } = rollout;
  if (progress.enteredAt !== undefined) return rollout;
  const now = { ...progress, enteredAt: deps.clock.now(), held: [] };
  const data = { stage: progress.promoted, percent: requireStage(context.component, progress.promoted).percent };
  const entered = await changeWork(deps, work, { type: 'stageEntered', data }, { set: { progress: now as never } });
  await settleWork(deps, entered);
  return { work: entered, progress: now };
}

const stepContext = ({ deps, slice, environment }: RolloutContext) => ({ deps, slice, environment, stands: () => undefined });

function stageEffects(
  { deps, writer, environment, component }: RolloutContext,
  { work }: Rollout,
  documentAt: DocumentAt,
  count: number,
): StepEffects {
  const before = pointOf(work.state.rollbackPoint, component.name);
  const place = { environment, flag: component.flag };
  return {
    count,
    effect: 'idempotent',
    timeoutMs: SHIFT_MS,
    undoable: true,
    perform: async (stage, deadline) => {
      await shiftFlag(deps, writer, { ...place, document: documentAt(before, stage), deadline });
      return { percent: requireStage(component, stage).percent };
    },
    undo: (_, deadline) => restoreFlag(deps, writer, { ...place, document: before, deadline }),
    probe: async () => false,
    retryAfter: (error, attempt) => (error instanceof GuardrailTrippedError ? undefined : AGAIN_MS[attempt - 1]),
  };
}

function pointOf(point: Readonly<Record<string, unknown>> | undefined, component: string): FlagDocument {
  const document = point?.['document'];
  if (typeof document === 'object' && document !== null) return document as FlagDocument;
  throw new PreparationError(`The rollback point of ${component} holds no flag document.`, { next: 'Report this.' });
}
