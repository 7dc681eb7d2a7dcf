import { SlipwayError } from '../../errors/slipway-error.ts';
import { changeRotation } from './change-rotation.ts';
import type { Rotation, RotationDeps } from './rotation-context.ts';
import { GIVEN_UP, type RotationProgress } from './rotation-state.ts';
import { indexOfStep, rotationStep, STEPS } from './rotation-steps.ts';

/**
 * A step of a rotation as whoever calls the steps takes it: what came of it is written down, so that everybody can see how the rotation stands.
 * Throws as the step does.
 */
export async function takeStep(deps: RotationDeps, step: string, rotation: Rotation): Promise<void> {
  try {
    await rotationStep(deps, step, rotation);
  } catch (error) {
    // The step's own error is what is to be told.
    await failed(deps, step, rotation, error).catch(() => {});
    throw error;
  }
  await taken(deps, step, rotation);
}

async function taken(deps: RotationDeps, step: string, { secretId, token }: Rotation): Promise<void> {
  await changeRotation(deps, secretId, (state) => {
    const before = ofToken(state?.progress, token);
    const last = step === STEPS.at(-1);
    if (indexOfStep(before?.done) >= indexOfStep(step) && !before?.failure && !(last && state?.asked?.token === token))
      return undefined;
    const done = indexOfStep(before?.done) > indexOfStep(step) ? before?.done : step;
    return {
      progress: { token, ...(done === undefined ? {} : { done }) },
      ...(last && state?.asked?.token === token ? { asked: null } : {}),
      event: { type: 'rotationStepTaken', data: { secretId, version: token, step } },
    };
  });
}

async function failed(deps: RotationDeps, step: string, { secretId, token }: Rotation, error: unknown): Promise<void> {
  const known = error instanceof SlipwayError;
  const { code, message, next, retryable } = known
    ? error
    : { code: 'INTERNAL', message: 'The step failed for a reason of its own; see the log.', next: undefined, retryable: true };
  const failure = { step, code, message, ...(next === undefined ? {} : { next }), retryable, at: deps.clock.now() };
  await changeRotation(deps, secretId, (state) => {
    const before = ofToken(state?.progress, token);
    if (before?.failure?.code === GIVEN_UP) return undefined;
    // A step that is tried every minute tells once why it fails.
    if (before?.failure?.step === step && before.failure.code === code && before.failure.message === message) return undefined;
    // A late call of a rotation that is over says nothing of the one that is under way.
    if (state?.progress && state.progress.token !== token && state.pending !== token && state.asked?.token !== token)
      return undefined;
    return {
      progress: { token, ...(before?.done === undefined ? {} : { done: before.done }), failure },
      event: { type: 'rotationStepFailed', data: { secretId, version: token, step, code, message, retryable } },
    };
  });
}

const ofToken = (progress: RotationProgress | undefined, token: string) => (progress?.token === token ? progress : undefined);
