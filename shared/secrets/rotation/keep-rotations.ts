import { RotationBusyError } from '../../errors/secret-errors.ts';
import { SlipwayError } from '../../errors/slipway-error.ts';
import { everyOpen } from '../../rollout/every-open.ts';
import { readAll } from '../../run/read-all.ts';
import { type AskDeps, askRotation } from './ask-rotation.ts';
import { listSettings } from './change-settings.ts';
import { nextRotation } from './next-rotation.ts';
import { readRotation, rotationKey } from './rotation-state.ts';
import { rotationToken } from './rotation-token.ts';

export interface KeptRotations {
  /** Secrets whose rotation was due. */
  readonly asked: readonly string[];
  /** Secrets whose rotation somebody had asked for, and goes on. */
  readonly begun: readonly string[];
  readonly failed: readonly { readonly secretId: string; readonly code: string }[];
}

const DAY = 86_400_000;

/** Asks for the rotations that are due, and begins those again that were asked for and are not done. Safe to run at any time. */
export async function keepRotations(deps: AskDeps): Promise<KeptRotations> {
  const failed: KeptRotations['failed'][number][] = [];
  const attempt = async (secretId: string, work: () => Promise<unknown>): Promise<readonly string[]> => {
    try {
      await work();
      return [secretId];
    } catch (error) {
      if (!(error instanceof SlipwayError)) throw error;
      // The old credential has its time still: it is asked for again after that.
      if (!(error instanceof RotationBusyError)) failed.push({ secretId, code: error.code });
      return [];
    }
  };
  const begun: string[] = [];
  for await (const item of everyOpen(deps.store, 'rotation')) {
    const { secretId, asked, progress } = readRotation(item);
    const over = progress?.token === asked?.token && progress?.failure?.retryable === false;
    if (asked && !over) begun.push(...(await attempt(secretId, () => deps.rotations.begin(secretId, asked.token))));
  }
  const asked: string[] = [];
  for (const { secretId, environment, due } of await dueRotations(deps)) {
    // One that has failed for good is tried anew once a day.
    const days = Math.floor((deps.clock.now() - due) / DAY);
    const token = rotationToken(secretId, `every/${due}/${days}`);
    const request = { secretId, environment, token, actor: 'schedule', revokeOld: false };
    asked.push(...(await attempt(secretId, () => askRotation(deps, request))));
  }
  return { asked, begun, failed };
}

async function dueRotations({ store, clock }: AskDeps) {
  const settings = (await listSettings(store)).filter(({ every, enabled }) => enabled && every !== undefined);
  const items = await readAll(
    store,
    settings.map(({ secretId }) => rotationKey(secretId)),
  );
  return settings.flatMap((one, at) => {
    const item = items[at];
    const due = nextRotation(one, item && readRotation(item));
    return due !== undefined && due <= clock.now() ? [{ ...one, due }] : [];
  });
}
