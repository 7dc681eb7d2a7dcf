import { CredentialError, RotationPendingError, RotationStepError } from '../errors/secret-errors.ts';
import type { Retry, RotateComponent } from '../plan/plan.ts';
import type { OldCredentials } from '../ports/old-credentials.ts';
import { CURRENT } from '../ports/secrets.ts';
import type { Value } from '../ports/store.ts';
import { retryDelay } from '../resilience/retry-delay.ts';
import type { StepEffects } from '../run/steps.ts';
import { type AskDeps, askRotation } from '../secrets/rotation/ask-rotation.ts';
import { loadRotation } from '../secrets/rotation/change-rotation.ts';
import { giveUpRotation } from '../secrets/rotation/give-up-rotation.ts';
import { describeSecret, type Rotation, versionWith } from '../secrets/rotation/rotation-context.ts';
import { type RotationStanding, rotationStanding } from '../secrets/rotation/rotation-standing.ts';
import { rotationToken } from '../secrets/rotation/rotation-token.ts';

export interface RotateContext {
  readonly deps: AskDeps & { readonly oldCredentials: Pick<OldCredentials, 'restore'> };
  readonly run: { readonly id: string; readonly environment: string; readonly actor: string };
  readonly component: RotateComponent;
  readonly retry: Retry;
  /** The version that was current before: what the run goes back to. */
  readonly before: string;
  /** How many rotations the component has asked for before this one, none of which goes on any more. */
  readonly rotation: number;
}

/** One call asks, looks a few times, and leaves the rest to the next: a rotation goes on by itself, ms. */
const CALL_MS = 30_000;
const FIRST_LOOK_MS = 200;
const LONGEST_LOOK_MS = 5000;

/** A rotation as the one step of its component; `back` where the run is taken back. */
export const rotateEffects = (context: RotateContext, back: boolean): StepEffects => ({
  ...{ count: 1, effect: 'probeable', timeoutMs: CALL_MS, undoable: true },
  perform: (_step, deadline) => rotate(context, deadline),
  undo: () => takeBack(context),
  probe: async () => {
    const { status } = (await askedRotation(context)).standing;
    return back ? status !== 'unknown' : status === 'done';
  },
  retryAfter: (error, attempt) => {
    // It goes on by itself, and this only looks how far it has come.
    if (error instanceof RotationPendingError) return LONGEST_LOOK_MS;
    const { clock, ids } = context.deps;
    return retryDelay(context.retry, error, attempt, { now: clock.now(), random: ids.random() });
  },
});

interface Asked {
  readonly rotation: Rotation;
  readonly standing: RotationStanding;
}

/** The rotation of this component, and how it stands; `unknown` where it has not been asked for. */
export async function askedRotation({ deps, run, component, rotation: n }: RotateContext): Promise<Asked> {
  const { secretId, name } = component;
  // The same however often it is asked, so that a repeat is the same rotation.
  const rotation = { secretId, token: rotationToken(secretId, `run/${run.id}/${name}/${n}`) };
  return { rotation, standing: await rotationStanding(deps, rotation) };
}

async function rotate(context: RotateContext, deadline: number): Promise<Value> {
  const { deps, run, component } = context;
  const { rotation } = await askedRotation(context);
  const { environment, actor } = run;
  const overlap = component.overlap === undefined ? {} : { overlap: component.overlap };
  let standing = await askRotation(deps, { ...rotation, ...overlap, environment, actor, revokeOld: false });
  for (let look = FIRST_LOOK_MS; standing.status === 'pending'; look = Math.min(2 * look, LONGEST_LOOK_MS)) {
    if (deps.clock.now() + 2 * look > deadline) throw pending(rotation, standing);
    await deps.clock.sleep(look);
    standing = await rotationStanding(deps, rotation);
  }
  if (standing.status === 'done') return { secretId: rotation.secretId, version: rotation.token };
  throw standing.status === 'failed' ? failed(rotation, standing) : superseded(rotation);
}

async function takeBack(context: RotateContext): Promise<void> {
  const { deps } = context;
  const { rotation, standing } = await askedRotation(context);
  if (standing.status === 'unknown') return;
  if (standing.status === 'superseded') return requireBack(context, rotation);
  if (standing.status === 'done') return deps.oldCredentials.restore(rotation);
  if (await giveUpRotation(deps, rotation)) return;
  // Its label is moving: in a moment it is done, and can be taken back.
  throw pending(rotation, standing);
}

/** An earlier attempt, or a person, has put the version of before back; or it was never replaced. */
async function requireBack({ deps, before }: RotateContext, rotation: Rotation): Promise<void> {
  const { window, history = [] } = (await loadRotation(deps, rotation.secretId)) ?? {};
  if (window?.old === rotation.token && window.status === 'moving') return deps.oldCredentials.restore(rotation);
  const current = versionWith(await describeSecret(deps, rotation.secretId), CURRENT);
  if (current === before || ![window, ...history].some((one) => one?.token === rotation.token)) return;
  throw new CredentialError(`${rotation.secretId} has been rotated since; the version of before this run is not put back.`, {
    next: 'Look at what has rotated it; the credential in use stays.',
  });
}

const pending = ({ secretId }: Rotation, standing: RotationStanding) => {
  const failure = standing.status === 'pending' ? standing.failure : undefined;
  const why = failure === undefined ? '' : `; ${failure.step} is tried again: ${failure.message}`;
  return new RotationPendingError(`The rotation of ${secretId} is under way${why}`, {
    next: `slipway secrets show ${secretId}`,
  });
};

const failed = ({ secretId }: Rotation, { failure }: RotationStanding & { readonly status: 'failed' }) =>
  new RotationStepError(`The rotation of ${secretId} failed at ${failure.step} (${failure.code}): ${failure.message}`, {
    next: failure.next ?? 'Correct it, then retry the run.',
  });

const superseded = ({ secretId }: Rotation) =>
  new RotationStepError(`Another rotation of ${secretId} has taken the place of this one.`, {
    next: 'Look at what has rotated it, then start the plan again.',
  });
