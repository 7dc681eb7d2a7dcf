import { SupersededError } from '../../errors/run-errors.ts';
import type { Value } from '../../ports/store.ts';
import type { EventDraft } from '../../run/event-chain.ts';
import { create, flushEvent, type JournalDeps, transition } from '../../run/journal.ts';
import { commandRotation, createRotation } from '../../run/writes.ts';
import { HISTORY, isOpen, type RotationState, type RotationWindow, readRotation, rotationKey } from './rotation-state.ts';

const RIVALS = 20;

export async function loadRotation({ store }: Pick<JournalDeps, 'store'>, secretId: string): Promise<RotationState | undefined> {
  const item = await store.read(rotationKey(secretId));
  return item && readRotation(item);
}

/** What changes: a window that is new puts the one before into the history. */
export interface RotationChange {
  readonly pending?: string | null;
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

function changeOf(secretId: string, state: RotationState | undefined, { pending, window }: RotationChange) {
  const set: Record<string, Value> = { secretId };
  const remove: string[] = [];
  if (pending === null) remove.push('pending');
  else if (pending !== undefined) set['pending'] = pending;
  if (window) {
    const earlier = state?.window && state.window.token !== window.token ? [state.window] : [];
    set['window'] = stored(window);
    set['history'] = [...earlier, ...(state?.history ?? [])].slice(0, HISTORY).map(stored);
    if (isOpen(window)) Object.assign(set, { open: 'rotation', openSort: secretId });
    else remove.push('open', 'openSort');
  }
  return { set, remove };
}

/** Without what is not there: a store keeps no undefined. */
const stored = (window: RotationWindow): Value => JSON.parse(JSON.stringify(window)) as Value;
