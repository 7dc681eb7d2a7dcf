import type { PartHealth } from '../shared/api/health.ts';
import type { Item } from '../shared/ports/store.ts';
import { readAll } from '../shared/run/read-all.ts';
import { isOverdue } from '../shared/secrets/rotation/next-rotation.ts';
import { LONGEST_OVERLAP, readSettings } from '../shared/secrets/rotation/rotation-settings.ts';
import { readRotation } from '../shared/secrets/rotation/rotation-state.ts';
import type { Deps } from './deps.ts';

/** So many names are told. */
const NAMED = 5;

/**
 * Whether secrets can be rotated, and old credentials are revoked in time; undefined where none is rotated here. Throws where the store of secrets cannot be asked: it is locked, or away.
 */
export async function rotationHealth(
  deps: Pick<Deps, 'store' | 'secrets' | 'clock' | 'environment'>,
): Promise<PartHealth | undefined> {
  const { store, secrets, clock, environment } = deps;
  const [settings, open] = await Promise.all([
    store.listIndex('listing', 'secret', { prefix: `${environment}#`, limit: 1 }),
    store.listIndex('open', 'rotation', {}),
  ]);
  const [first] = settings.items;
  if (!first) return undefined;
  const keys = [first, ...open.items].map(({ pk, sk }) => ({ pk, sk }));
  const [found, ...rotations] = await readAll(store, keys);
  if (found) await secrets.describe(readSettings(found).secretId);
  const late = rotations
    .filter((item): item is Item => item !== undefined)
    .map(readRotation)
    // Where the time of its end is not written down, the longest that there is counts.
    .filter((state) => isOverdue(state, LONGEST_OVERLAP, clock.now()))
    .map(({ secretId }) => secretId);
  if (late.length === 0) return { status: 'ok', vital: false };
  const names = `${late.slice(0, NAMED).join(', ')}${late.length > NAMED ? ' and others' : ''}`;
  return { status: 'failing', vital: false, problem: `Old credentials should be revoked by now, and are not: ${names}.` };
}
