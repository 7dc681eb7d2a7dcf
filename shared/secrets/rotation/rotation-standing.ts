import { CURRENT, PENDING, type Secrets } from '../../ports/secrets.ts';
import type { Store } from '../../ports/store.ts';
import { loadRotation } from './change-rotation.ts';
import { describeSecret, type Rotation } from './rotation-context.ts';
import { isOpen, type RotationProgress, type RotationWindow } from './rotation-state.ts';
import { indexOfStep, STEPS, type Step } from './rotation-steps.ts';

export type StepFailure = NonNullable<RotationProgress['failure']>;

/** How one rotation stands, by its token. */
export type RotationStanding =
  /** Nobody has asked for it. */
  | { readonly status: 'unknown' }
  /** `step` is the next to be taken; `failure`: why it was not taken the last time. It is tried again. */
  | { readonly status: 'pending'; readonly step: Step; readonly failure?: StepFailure }
  /** It does not go on by itself; the credential in use is unchanged. */
  | { readonly status: 'failed'; readonly step: Step; readonly failure: StepFailure }
  /** Its version is the current one; both credentials are valid while the window is open. */
  | { readonly status: 'done'; readonly window?: RotationWindow }
  /** It was done, or under way, and another version has taken its place. */
  | { readonly status: 'superseded' };

/** Throws SecretNotFoundError where there is no such secret. */
export async function rotationStanding(
  deps: { readonly secrets: Secrets; readonly store: Store },
  { secretId, token }: Rotation,
): Promise<RotationStanding> {
  const secret = await describeSecret(deps, secretId);
  const state = await loadRotation(deps, secretId);
  const stages = secret.versions.get(token) ?? [];
  const window = state?.window?.token === token ? state.window : undefined;
  // Until the window is open, and a credential that is not to be trusted is gone, the rotation has something to do still.
  const ahead = window?.status === 'moving' || (window?.suspect && isOpen(window));
  if (stages.includes(CURRENT) && !ahead) return { status: 'done', ...(window ? { window } : {}) };
  const progress = state?.progress?.token === token ? state.progress : undefined;
  const failure = progress?.failure;
  if (failure && !failure.retryable) return { status: 'failed', step: nextStep(progress?.done), failure };
  if (stages.includes(CURRENT) || stages.includes(PENDING) || state?.asked?.token === token) {
    return { status: 'pending', step: nextStep(progress?.done), ...(failure ? { failure } : {}) };
  }
  const known = [state?.window, ...(state?.history ?? [])].some((one) => one?.token === token || one?.old === token);
  return { status: known || secret.versions.has(token) ? 'superseded' : 'unknown' };
}

const nextStep = (done: string | undefined): Step => STEPS[indexOfStep(done) + 1] ?? 'finishSecret';
