import { SupersededError } from '../../errors/run-errors.ts';
import type { Value } from '../../ports/store.ts';
import type { EventDraft } from '../../run/event-chain.ts';
import { create, flushEvent, type JournalDeps, transition } from '../../run/journal.ts';
import { commandRotation, createRotation } from '../../run/writes.ts';
import {
  type AskedRotation,
  HISTORY,
  isOpen,
  type RotationProgress,
  type RotationState,
  type RotationWindow,
  readRotation,
  rotationKey,
} from './rotation-state.ts';

const RIVALS = 20;

export async function loadRotation({ store }: Pick<JournalDeps, 'store'>, secretId: string): Promise<RotationState | undefined> {
  const item = await store.read(rotationKey(secretId));
  return item && readRotation(item);
}

/** What changes (null: it is there no more): a window that is new puts the one before into the history. */
export interface RotationChange {
  readonly pending?: string | null;
  readonly asked?: AskedRotation | null;
  readonly progress?: RotationProgress;
  readonly window?: RotationWindow;
  readonly event: EventDraft;
}

/** Decides on the rotation as it is and writes what was decided with its event; undefined: leave it. Asked again where another writer came between. */
export async function changeRotation(
  deps: JournalDeps,
  secretId: string,
  decide: (state: RotationState | undefined) => RotationChange | undefined,
): Promise<RotationState | undefined> {
  const key = rotationKey(secretId);
  for (let rivals = 0; rivals < RIVALS; rivals += 1) {
    const item = await deps.store.read(key);
    const state = item && readRotation(item);
    const decided = decide(state);
    if (!decided) {
      await flushEvent(deps, item);
      return state;
    }
    const change = changeOf(secretId, state, decided);
    const result = item
      ? await transition(deps, item, decided.event, change, (all) => commandRotation(key, Number(item['rev']), all), 0)
      : await create(deps, key, decided.event, 0, (all) => createRotation(key, all), change.set);
    if (!result.applied) continue;
    await flushEvent(deps, result.item);
    return readRotation(result.item);
  }
  throw new SupersededError(`Other writers of the rotation of ${secretId} kept coming between`);
}

/** Listed as open as long as a rotation is asked for and not done, or a credential is to be revoked. */
function changeOf(secretId: string, state: RotationState | undefined, { event: _, window, ...fields }: RotationChange) {
  const changed = Object.entries(fields);
  const set: Record<string, Value> = {
    secretId,
    ...Object.fromEntries(changed.filter(([, value]) => value !== null).map(([name, value]) => [name, stored(value as object)])),
  };
  const remove = changed.filter(([, value]) => value === null).map(([name]) => name);
  if (window) {
    const earlier = state?.window && state.window.token !== window.token ? [state.window] : [];
    set['window'] = stored(window);
    set['history'] = [...earlier, ...(state?.history ?? [])].slice(0, HISTORY).map(stored);
  }
  const asked = fields.asked === undefined ? state?.asked : fields.asked;
  if (asked || isOpen(window ?? state?.window)) Object.assign(set, { open: 'rotation', openSort: secretId });
  else remove.push('open', 'openSort');
  return { set, remove };
}

/** Without what is not there: a store keeps no undefined. */
const stored = (value: object | string): Value => JSON.parse(JSON.stringify(value)) as Value;
