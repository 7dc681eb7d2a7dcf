import type { Item, Store, Value } from '../ports/store.ts';
import { create, flushEvent, type JournalDeps, transition } from '../run/journal.ts';
import { limitsKey } from '../run/keys.ts';
import { readable } from '../run/run-state.ts';
import { writeLimits } from '../run/writes.ts';
import { LimitsRevisionError } from './admission-errors.ts';
import { NO_LIMITS } from './default-limits.ts';
import { type Limits, limits as schema } from './limits.ts';

export interface StoredLimits {
  readonly limits: Limits;
  /** 0: nobody has set any, and those of the installation are in force. */
  readonly rev: number;
}

export const readLimits = (item: Item | undefined, installed: Limits = NO_LIMITS): StoredLimits =>
  item ? { limits: schema.parse(readable(item)['limits']), rev: Number(item['rev']) } : { limits: installed, rev: 0 };

export const loadLimits = async (deps: { readonly store: Store; readonly limits?: Limits }): Promise<StoredLimits> =>
  readLimits(await deps.store.read(limitsKey), deps.limits);

export interface LimitsChange {
  readonly limits: Limits;
  readonly actor: string;
  readonly reason: string;
  /** The revision that the administrator saw. */
  readonly ifRev: number;
}

/** Sets the limits from now on. Where fewer may be under way than are, nobody is admitted until they fit. */
export async function putLimits(deps: JournalDeps, { limits, actor, reason, ifRev }: LimitsChange): Promise<StoredLimits> {
  const item = await deps.store.read(limitsKey);
  const rev = Number(item?.['rev'] ?? 0);
  if (rev !== ifRev) throw changed(`The limits are at revision ${rev}, not ${ifRev}.`);
  const told = limits as unknown as Value;
  const draft = { type: 'limitsPut', actor, data: { limits: told, reason } } as const;
  const set = { limits: told };
  const write = item
    ? await transition(deps, item, draft, { set }, (all) => writeLimits(limitsKey, rev, all), 0)
    : await create(deps, limitsKey, draft, 0, (all) => writeLimits(limitsKey, 0, { set: all }), set);
  if (!write.applied) throw changed('The limits were changed meanwhile.');
  await flushEvent(deps, write.item);
  return readLimits(write.item);
}

const changed = (message: string): LimitsRevisionError =>
  new LimitsRevisionError(message, { next: 'slipway limits get, then repeat the change on what they are now.' });
