import type { RotateComponent } from '../../shared/plan/plan.ts';
import { askedRotation, type RotateContext, rotateEffects } from '../../shared/rotate/rotate-effects.ts';
import { requireWork } from '../../shared/run/component-end.ts';
import { componentKey } from '../../shared/run/keys.ts';
import type { SliceOutcome } from '../../shared/run/steps.ts';
import { undoSteps } from '../../shared/run/undo-steps.ts';
import { changeWork, openWork, settleWork, type Work } from '../../shared/run/work-access.ts';
import { type StepContext, workSteps } from '../../shared/run/work-steps.ts';
import { requireSettings } from '../../shared/secrets/rotation/change-settings.ts';
import { currentVersion } from '../../shared/secrets/rotation/rotation-context.ts';
import { type ComponentContext, retryOf, timeoutsOf } from '../component-context.ts';
import { checkAll } from './validate.ts';

type Context = ComponentContext<RotateComponent>;

/** The rollback point is the version that is current; what it holds is never read. */
export async function prepareRotate(context: Context) {
  const { deps, run, writer, component } = context;
  const { secretId } = component;
  await requireSettings(deps, { secretId, environment: run.environment });
  const point = { secretId, version: await currentVersion(deps, secretId) };
  const startedAt = deps.clock.now();
  const work = await openWork(
    deps,
    writer,
    componentKey(writer.runId, component.name),
    { type: 'rollbackPointCreated', data: point },
    { status: 'prepared', kind: 'rotate', direction: 'forward', startedAt, rollbackPoint: point, progress: { rotation: 0 } },
  );
  if (work.state.status === 'failed') await startAgain(context, work);
  return { outcome: 'prepared', kind: 'rotate' } as const;
}

/** A person has had it tried again: a rotation that has failed for good, or has been replaced since, is followed by another one. */
async function startAgain(context: Context, work: Work): Promise<void> {
  const rotate = rotateContext(context, work);
  const { status } = (await askedRotation(rotate)).standing;
  const over = status === 'failed' || status === 'superseded';
  const set = { status: 'prepared', progress: { rotation: rotate.rotation + (over ? 1 : 0) }, ...(over ? { cursor: 0 } : {}) };
  const remove = ['failure', 'endedAt', ...(over ? ['intent'] : [])];
  const again = await changeWork(context.deps, work, { type: 'statusChanged', data: { again: true } }, { set, remove });
  await settleWork(context.deps, again);
}

export async function workRotate(context: Context): Promise<SliceOutcome> {
  const work = await requireWork(context.deps, context.writer, context.component.name);
  return workSteps(stepContext(context, work, false), work);
}

export async function undoRotate(context: Context): Promise<SliceOutcome> {
  const work = await requireWork(context.deps, context.writer, context.component.name);
  return undoSteps(stepContext(context, work, true), work);
}

/** Asks the consumers once they have had the time to read the new credential; the old one is valid beside it. */
export async function verifyRotate(context: Context, cursor: Parameters<typeof checkAll>[3]) {
  const { deps, writer, component, slice } = context;
  const work = await requireWork(deps, writer, component.name);
  const { rotation, standing } = await askedRotation(rotateContext(context, work));
  if (standing.status !== 'done') {
    const message = `${component.secretId} was rotated again, or taken back, before its consumers were asked.`;
    return { outcome: 'failed', code: 'ROTATION_SUPERSEDED', message } as const;
  }
  const from = (standing.window?.since ?? 0) + component.settle;
  if (deps.clock.now() < from) return { outcome: 'wait', until: from, cursor } as const;
  const list = { scope: component.name, checks: component.checks, retry: retryOf(context), timeouts: timeoutsOf(context) };
  const checked = await checkAll(context, list, slice, cursor);
  if (checked.outcome !== 'done') return checked;
  const { revokeAt } = standing.window ?? {};
  const outputs = { secretId: component.secretId, version: rotation.token, ...(revokeAt === undefined ? {} : { revokeAt }) };
  return { outcome: 'done', outputs } as const;
}

function stepContext(context: Context, work: Work, back: boolean): StepContext {
  const { deps, run, slice } = context;
  return {
    deps,
    slice,
    effects: rotateEffects(rotateContext(context, work), back),
    environment: run.environment,
    patienceMs: timeoutsOf(context).migrate,
    // It can be asked; nobody has to say.
    stands: () => undefined,
  };
}

const rotateContext = (context: Context, { state }: Work): RotateContext => ({
  ...{ deps: context.deps, run: context.run, component: context.component, retry: retryOf(context) },
  before: String(state.rollbackPoint?.['version']),
  rotation: Number(state.progress?.['rotation'] ?? 0),
});
