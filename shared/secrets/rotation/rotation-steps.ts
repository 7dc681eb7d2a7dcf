import {
  CredentialError,
  RotationStepError,
  SecretShapeError,
  SecretVersionTakenError,
  ValueRefusedError,
} from '../../errors/secret-errors.ts';
import { CURRENT, PENDING, type SecretDescription } from '../../ports/secrets.ts';
import { renderSecret, type SecretDocument } from '../secret-document.ts';
import { changeRotation, loadRotation } from './change-rotation.ts';
import { revokeOld } from './revoke-old.ts';
import {
  admitted,
  currentOf,
  describeSecret,
  type Rotation,
  type RotationDeps,
  readVersion,
  requireSame,
  versionWith,
} from './rotation-context.ts';
import { isOpen, type RotationState } from './rotation-state.ts';
import { moveCurrent, openWindow, stillValidError } from './rotation-window.ts';

export const STEPS = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;
export type Step = (typeof STEPS)[number];
/** -1: none. */
export const indexOfStep = (step: string | undefined): number => (STEPS as readonly (string | undefined)[]).indexOf(step);

/**
 * One step of a rotation, as Secrets Manager calls them. Each may be called twice, at once, and again after a crash anywhere; one
 * that comes before its turn is refused and changes nothing.
 */
export async function rotationStep(deps: RotationDeps, step: string, rotation: Rotation): Promise<void> {
  const secret = await describeSecret(deps, rotation.secretId);
  if (!isStep(step)) throw new RotationStepError(`There is no step ${JSON.stringify(step.slice(0, 40))} of a rotation.`);
  if (!secret.rotationEnabled) {
    throw new RotationStepError(`The rotation of ${rotation.secretId} is not enabled.`, { next: 'Enable it.' });
  }
  const stages = secret.versions.get(rotation.token);
  if (!stages) throw new RotationStepError(`${rotation.secretId} has no version ${rotation.token}.`);
  if (stages.includes(CURRENT)) {
    if (step === 'finishSecret') await endSuspect(deps, rotation);
    return;
  }
  if (!stages.includes(PENDING)) {
    const next = 'Another rotation has taken its place; rotate again where none is under way.';
    throw new RotationStepError(`Version ${rotation.token} of ${rotation.secretId} is not pending.`, { next });
  }
  await STEP[step](deps, rotation, secret);
}

const isStep = (step: string): step is Step => (STEPS as readonly string[]).includes(step);

const STEP: Readonly<Record<Step, (deps: RotationDeps, rotation: Rotation, secret: SecretDescription) => Promise<void>>> = {
  createSecret,
  setSecret,
  testSecret,
  finishSecret,
};

const READS = 5;
const READ_AGAIN_MS = 200;

/** The new value is durable before any server hears of it; whoever comes later takes the one that is there. */
async function createSecret(deps: RotationDeps, rotation: Rotation, secret: SecretDescription): Promise<void> {
  const { secretId, token } = rotation;
  const state = await loadRotation(deps, secretId);
  await requireClosed(deps, rotation, secret, state ?? {});
  const current = await currentOf(deps, secretId, secret);
  for (let read = 0; read < READS; read += 1) {
    const found = await readVersion(deps, secretId, token);
    if (found) {
      requireSame(deps, secretId, current.document.fields, found.fields);
      return remember(deps, rotation);
    }
    const left = state?.pending === token || state?.pending === current.version ? undefined : state?.pending;
    // Whatever attempt it is, until the label moves.
    const request = `${current.version}/${state?.window?.since ?? 0}`;
    const next = await nextOf(deps, secretId, left, current.document, request);
    try {
      await deps.secrets.put(secretId, token, renderSecret(next), PENDING);
      return remember(deps, rotation);
    } catch (error) {
      if (!(error instanceof SecretVersionTakenError)) throw error;
      // Another attempt was first, and reading lags behind.
      await deps.clock.sleep(READ_AGAIN_MS * (read + 1));
    }
  }
  throw new RotationStepError(`Version ${token} of ${secretId} was written and cannot be read.`, { next: 'It is tried again.' });
}

/** Before its credential can be at the server: the label alone would not tell, since the next rotation takes it away at once. */
async function remember(deps: RotationDeps, { secretId, token }: Rotation): Promise<void> {
  await changeRotation(deps, secretId, (state) =>
    state?.pending === token
      ? undefined
      : { pending: token, event: { type: 'rotationBegan', data: { secretId, version: token } } },
  );
}

/** Only one window at a time: a third credential would take the place of one that is in use. */
async function requireClosed(
  deps: RotationDeps,
  { secretId, token }: Rotation,
  secret: SecretDescription,
  { window, asked }: Partial<Pick<RotationState, 'window' | 'asked'>>,
): Promise<void> {
  if (!isOpen(window) || window.token === token || !deps.system.overlaps) return;
  // Its rotation died before the label moved, and this one has taken its place.
  if (window.status === 'moving' && versionWith(secret, CURRENT) !== window.token) return;
  const opened = await openWindow(deps, { secretId, token: window.token });
  if (opened && asked?.token === token && asked.revokeOld) {
    await revokeOld(deps, { secretId, token: opened.token, since: opened.since }, { atOnce: true });
    return;
  }
  throw stillValidError(secretId, opened ?? {});
}

/** What an earlier rotation left pending may be at its server already: it is taken over, so that nothing is orphaned there. */
async function nextOf(
  deps: RotationDeps,
  secretId: string,
  left: string | undefined,
  current: SecretDocument,
  request: string,
): Promise<SecretDocument> {
  const found = left === undefined ? undefined : await readVersion(deps, secretId, left).catch(unlessUnusable);
  if (found && deps.system.identityOf(found.fields) === deps.system.identityOf(current.fields)) return found;
  return { ...current, fields: { ...current.fields, ...(await deps.system.next(current.fields, deps.make, request)) } };
}

function unlessUnusable(error: unknown): undefined {
  if (!(error instanceof SecretShapeError)) throw error;
}

/** Makes the pending value valid at its server, with the credential that the server admits. */
async function setSecret(deps: RotationDeps, { secretId, token }: Rotation, secret: SecretDescription): Promise<void> {
  const { current, pending } = await bothOf(deps, { secretId, token }, secret);
  const by = await admitted(deps, secretId, secret, { current, pending });
  try {
    await deps.system.install({ current, pending, by });
  } catch (error) {
    if (!(error instanceof ValueRefusedError)) throw error;
    await deps.secrets.moveStage(secretId, PENDING, { from: token });
    await changeRotation(deps, secretId, (state) =>
      state?.pending !== token
        ? undefined
        : { pending: null, event: { type: 'rotationFailed', data: { secretId, version: token, code: error.code } } },
    );
    throw error;
  }
}

/** The pending version and the current one. Refused where the pending one has no value: createSecret comes first. */
async function bothOf(deps: RotationDeps, { secretId, token }: Rotation, secret: SecretDescription) {
  const pending = await readVersion(deps, secretId, token);
  if (!pending) {
    throw new RotationStepError(`Version ${token} of ${secretId} has no value yet.`, { next: 'createSecret comes first.' });
  }
  const current = await currentOf(deps, secretId, secret);
  requireSame(deps, secretId, current.document.fields, pending.fields);
  return { current: current.document.fields, pending: pending.fields, version: current.version };
}

async function testSecret(deps: RotationDeps, rotation: Rotation, secret: SecretDescription): Promise<void> {
  const { pending } = await bothOf(deps, rotation, secret);
  if (await deps.system.admits(pending)) return;
  throw new CredentialError(`The server refuses version ${rotation.token} of ${rotation.secretId}.`, {
    next: 'setSecret comes first; where it was done, look at the server.',
  });
}

/** The label moves only to what the server admits, whatever was called before. */
async function finishSecret(deps: RotationDeps, rotation: Rotation, secret: SecretDescription): Promise<void> {
  await testSecret(deps, rotation, secret);
  const old = versionWith(secret, CURRENT);
  if (old === undefined) throw new RotationStepError(`${rotation.secretId} has no current version.`);
  await moveCurrent(deps, rotation.secretId, { from: old, to: rotation.token });
  await endSuspect(deps, rotation);
}

/** A credential that is not to be trusted has no time beside the new one: it goes as soon as the new one is in use. */
async function endSuspect(deps: RotationDeps, { secretId, token }: Rotation): Promise<void> {
  const window = await openWindow(deps, { secretId, token });
  if (window?.token !== token || !window.suspect || !isOpen(window)) return;
  await revokeOld(deps, { secretId, token, since: window.since });
}
