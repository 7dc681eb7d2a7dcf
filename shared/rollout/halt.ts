import { RivalError } from '../errors/run-errors.ts';
import type { Clause, Item } from '../ports/store.ts';
import { commit, flushEvent, type JournalDeps, transition } from '../run/journal.ts';
import { haltKey } from '../run/keys.ts';

/** Who has an environment halted, or lets it go on, and why. */
export interface Said {
  readonly actor: string;
  readonly reason: string;
}

const RIVALS = 10;

/** In force from this one write on, whatever else is going on: every run reads it before each forward intent. */
export async function setHalt(deps: JournalDeps, environment: string, active: boolean, said: Said): Promise<void> {
  const set = { active, ...said, at: deps.clock.now(), schemaVersion: 1 };
  await commit(deps, { name: 'halt.set', key: haltKey(environment), set, when: [] });
}

/** Puts it into the audit trail. Apart from the write above, which must wait neither for rivals nor for the bus. */
export async function tellHalt(deps: JournalDeps, environment: string, active: boolean, { actor, reason }: Said): Promise<void> {
  const key = haltKey(environment);
  const draft = { type: active ? 'haltSet' : 'haltLifted', actor, data: { environment, reason } } as const;
  for (let rivals = 0; rivals < RIVALS; rivals += 1) {
    const item: Item = (await deps.store.read(key)) ?? { ...key };
    const told = await transition(deps, item, draft, {}, (all) => ({ name: 'halt.tell', key, ...all, ...next(item) }), 0);
    if (told.applied) return flushEvent(deps, told.item);
  }
  throw new RivalError(`${environment} is halted and let go on by others at this moment`, { next: 'slipway audit tells who.' });
}

const next = ({ rev }: Item) => {
  const when: Clause =
    rev === undefined ? { test: 'absent', attribute: 'rev' } : { test: 'equals', attribute: 'rev', value: Number(rev) };
  return { add: { rev: 1 }, when: [when] };
};
