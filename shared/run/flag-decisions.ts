import { isDeepStrictEqual } from 'node:util';
import type { EventDraft } from './event-chain.ts';
import { effective, type FlagDocument, type FlagState, type Trip } from './flag-state.ts';
import type { Change } from './journal.ts';

/** What a run may ask of a flag; each is answered by `decideFlag` without I/O. */
export type FlagCommand =
  /** On admission, and by every takeover. */
  | { readonly type: 'own' }
  | { readonly type: 'shift'; readonly document: FlagDocument }
  /** Going back: to the rollback point, which holds also where a guardrail trips later. */
  | { readonly type: 'restore'; readonly document: FlagDocument }
  /** At the end of a run that succeeds. */
  | { readonly type: 'disown' }
  /** At the end of a run that has gone back. */
  | { readonly type: 'yield' };

export type FlagDecision =
  | { readonly event: EventDraft; readonly change: Change }
  /** Nothing is left to do: an earlier attempt has done it. */
  | { readonly done: true }
  /** A newer epoch, or another run, has the flag. */
  | { readonly lost: true }
  | { readonly tripped: Trip };

const OWNERSHIP = ['owner', 'ownerEpoch', 'preImage', 'tripped', 'open', 'openSort'];

/** decide(flag, command) -> event and change, or why not. Pure; what it decides is written only at the revision that it saw. */
export function decideFlag(flag: FlagState, by: { runId: string; epoch: number }, command: FlagCommand): FlagDecision {
  if (command.type === 'own') return decideOwning(flag, by);
  const released = command.type === 'disown' || command.type === 'yield';
  if (flag.owner !== by.runId) return released ? { done: true } : { lost: true };
  if (flag.ownerEpoch !== by.epoch) return { lost: true };
  const letGo = { released: { runId: by.runId, epoch: by.epoch } };
  const about = { runId: by.runId, ...(flag.tripped ? { tripped: { ...flag.tripped } } : {}) };
  switch (command.type) {
    case 'shift':
      if (flag.tripped) return { tripped: flag.tripped };
      if (isDeepStrictEqual(flag.document, command.document)) return { done: true };
      return {
        event: { type: 'flagShifted', data: { ...about, document: command.document } },
        change: { set: { document: command.document } },
      };
    case 'restore':
      if (isDeepStrictEqual([flag.document, flag.preImage], [command.document, command.document])) return { done: true };
      return {
        event: { type: 'flagRestored', data: { ...about, document: command.document } },
        change: { set: { document: command.document, preImage: command.document } },
      };
    case 'disown':
      if (flag.tripped) return { tripped: flag.tripped };
      return { event: { type: 'flagReleased', data: about }, change: { set: letGo, remove: OWNERSHIP } };
    case 'yield':
      return {
        event: { type: 'flagReleased', data: about },
        change: { set: { ...letGo, document: effective(flag) }, remove: OWNERSHIP },
      };
  }
}

/** The pre-image stays while the run owns the flag: a later epoch must not take what was shifted for what was there before. */
function decideOwning(flag: FlagState, { runId, epoch }: { runId: string; epoch: number }): FlagDecision {
  if (flag.owner === runId && Number(flag.ownerEpoch) > epoch) return { lost: true };
  if (flag.owner === runId && flag.ownerEpoch === epoch) return { done: true };
  if (flag.released?.runId === runId && flag.released.epoch >= epoch) return { lost: true };
  const event: EventDraft = { type: 'flagOwned', data: { runId, epoch } };
  if (flag.owner === runId) return { event, change: { set: { ownerEpoch: epoch } } };
  const document = effective(flag);
  return {
    event,
    change: {
      set: {
        owner: runId,
        ownerEpoch: epoch,
        document,
        preImage: document,
        open: 'flag',
        openSort: `${flag.environment}#${flag.key}`,
      },
      remove: ['tripped'],
    },
  };
}
