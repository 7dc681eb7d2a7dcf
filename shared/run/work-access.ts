import { RivalError } from '../errors/run-errors.ts';
import type { Item, Key } from '../ports/store.ts';
import type { EventDraft } from './event-chain.ts';
import { type Change, create, flushAhead, flushEvent, type JournalDeps, transition } from './journal.ts';
import { type RunWriter, superseded } from './run-access.ts';
import { readWork, type WorkState } from './work-state.ts';
import { createItem, transitionItem } from './writes.ts';

/** A component or segment as its writer last saw it. Every change is one conditional write; losing it throws. */
export interface Work {
  readonly key: Key;
  readonly writer: RunWriter;
  readonly item: Item;
  readonly state: WorkState;
}

export async function loadWork(deps: JournalDeps, writer: RunWriter, key: Key): Promise<Work | undefined> {
  const item = await deps.store.read(key);
  return item && { key, writer, item, state: readWork(item) };
}

/** Creates the item, or takes up what a seizure of this epoch left open. An item that is prepared already comes back as it is. */
export async function openWork(
  deps: JournalDeps,
  writer: RunWriter,
  key: Key,
  draft: EventDraft,
  set: NonNullable<Change['set']>,
): Promise<Work> {
  const found = await loadWork(deps, writer, key);
  if (found) return found.state.status === 'open' ? changeWork(deps, found, draft, { set }) : found;
  const made = await create(deps, key, draft, writer.epoch, (all) => createItem(key, writer.epoch, all), { ...set });
  if (made.applied) return { key, writer, item: made.item, state: readWork(made.item) };
  const now = made.current && readWork(made.current);
  if (!made.current || !now || now.epoch !== writer.epoch) throw superseded(writer.runId, writer.epoch);
  return { key, writer, item: made.current, state: now };
}

/** Writes a change with its event. Of two writers of one epoch the loser gets RivalError, one of an older epoch SupersededError, before either does anything. */
export async function changeWork(deps: JournalDeps, work: Work, draft: EventDraft, change: Change): Promise<Work> {
  const { epoch, runId } = work.writer;
  const result = await transition(
    deps,
    work.item,
    draft,
    change,
    (all) => transitionItem(work.key, epoch, work.state.rev, all),
    epoch,
  );
  if (!result.applied) {
    if (result.current?.['epoch'] !== epoch) throw superseded(runId, epoch);
    throw new RivalError(`Another invocation of epoch ${epoch} has written ${work.key.sk} of ${runId}`);
  }
  flushAhead(deps, result.item);
  return { ...work, item: result.item, state: readWork(result.item) };
}

/** Puts the last event into the timeline; call it before an invocation ends. */
export const settleWork = (deps: JournalDeps, work: Work | undefined): Promise<void> => flushEvent(deps, work?.item);
