import { setTimeout as sleep } from 'node:timers/promises';
import type { RotatedSystem } from '../shared/secrets/rotation/rotated-system.ts';
import type { SecretFields } from '../shared/secrets/secret-document.ts';
import { RotationPlane } from '../tests/peers/rotation/rotation-plane.ts';

/** What an application does: logs in anew and asks something. Rejects where it is not let in. */
type LogIn = (fields: SecretFields) => Promise<unknown>;

export interface RotationLoad {
  readonly system: RotatedSystem;
  readonly secret: SecretFields;
  readonly master?: SecretFields;
  readonly logIn: LogIn;
  readonly clients: number;
  readonly rotations: number;
  /** For how long a client keeps what it has read of the secret, ms. */
  readonly cache: number;
  /** ms */
  readonly overlap: number;
}

export interface LoadResult {
  readonly logins: number;
  readonly failed: number;
  /** Those refused, by what was said. */
  readonly reasons: ReadonlyMap<string, number>;
}

/** Clients that log in again and again, as long as a secret is rotated. None reads the secret again because it was refused. */
export async function rotateUnderLoad(load: RotationLoad): Promise<LoadResult> {
  const { system, secret, master, overlap, clients, rotations } = load;
  const plane = new RotationPlane(system, secret, { overlap, ...(master ? { master } : {}) });
  const over = new AbortController();
  const counted = Array.from({ length: clients }, (_, at) => client(load, plane, at, over.signal));
  try {
    // All caches are filled, at different times.
    await sleep(load.cache);
    for (let round = 0; round < rotations; round += 1) {
      await plane.rotate();
      await sleep(overlap);
      if (system.overlaps) await plane.revoke();
    }
    await sleep(load.cache);
  } finally {
    over.abort();
  }
  const all = await Promise.all(counted);
  const reasons = new Map<string, number>();
  for (const reason of all.flatMap((one) => one.refused)) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  return { logins: all.reduce((sum, one) => sum + one.logins, 0), failed: all.flatMap((one) => one.refused).length, reasons };
}

const PAUSE_MS = 10;

async function client({ logIn, cache, clients }: RotationLoad, plane: RotationPlane, at: number, over: AbortSignal) {
  const refused: string[] = [];
  let logins = 0;
  await sleep((cache * at) / clients);
  let [fields, read] = [await plane.fields(), performance.now()];
  while (!over.aborted) {
    if (performance.now() - read >= cache) [fields, read] = [await plane.fields(), performance.now()];
    logins += 1;
    try {
      await logIn(fields);
    } catch (error) {
      refused.push(error instanceof Error && 'code' in error ? String(error.code) : String(error).slice(0, 60));
    }
    await sleep(PAUSE_MS);
  }
  return { logins, refused };
}

/** What the public templates do for one user: its password is set, and only afterwards the label moves. */
export const setThenMove = (system: RotatedSystem): RotatedSystem => ({
  ...system,
  overlaps: false,
  install: async ({ current, pending, by }) => {
    await system.install({ current, pending, by });
    await system.revoke({ old: current, current: pending, by: by === current ? pending : by });
  },
  revoke: async () => {},
});
