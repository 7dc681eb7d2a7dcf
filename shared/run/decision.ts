import type { EventDraft } from './event-chain.ts';
import type { Change } from './journal.ts';

/** What a command comes to: an event with its change, or why not. */
export type Decision =
  | { readonly event: EventDraft; readonly change: Change }
  | { readonly refused: string; readonly next?: string };

export interface DecisionContext {
  /** Epoch ms. */
  readonly now: number;
  readonly actor: string;
}
