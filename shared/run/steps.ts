import type { Value } from '../ports/store.ts';
import type { EffectClass } from '../ports/user-code.ts';
import type { JournalDeps } from './journal.ts';
import type { Intent } from './work-state.ts';

/** The effects of a component's steps, numbered from 0. Each call ends, or is dead, by `deadline` (epoch ms). */
export interface StepEffects {
  readonly count: number;
  readonly effect: EffectClass;
  /** How long one call may take, ms. */
  readonly timeoutMs: number;
  /** False: going back passes over the steps and lists them as not undone. */
  readonly undoable: boolean;
  /** Rejects with a SlipwayError; EffectUnansweredError where the effect may still be under way. */
  perform(step: number, deadline: number): Promise<Value>;
  undo(step: number, deadline: number): Promise<void>;
  /** For `probeable`: does the effect stand at its receiver? */
  probe(step: number, deadline: number): Promise<boolean>;
  /** Whether a failed attempt is worth another, and after how long (ms). Undefined: it is not. */
  retryAfter(error: unknown, attempt: number): number | undefined;
}

/** What one invocation may use. */
export interface Slice {
  /** Minted for this invocation alone. */
  readonly invocation: string;
  /** Epoch ms by which the invocation must have returned. */
  readonly until: number;
}

export type SliceOutcome =
  | { readonly outcome: 'done' }
  | { readonly outcome: 'more' }
  /** An effect may be under way: come back then. */
  | { readonly outcome: 'wait'; readonly until: number }
  | { readonly outcome: 'failed'; readonly code: string; readonly message: string }
  /** A manual effect of which nobody knows whether it landed. */
  | { readonly outcome: 'ambiguous'; readonly step: number; readonly next: string }
  | { readonly outcome: 'paused' }
  | { readonly outcome: 'halted' };

/** Clocks of two machines may differ by this much, ms; added to every deadline before anyone acts on it. */
export const CLOCK_MARGIN_MS = 2000;

/** An intent of somebody else stands until its effect has ended or must be dead. */
export const standsUntil = (deps: Pick<JournalDeps, 'clock'>, intent: Intent | undefined, slice: Slice): number | undefined => {
  if (!intent || intent.by === slice.invocation || intent.ended) return undefined;
  const dead = intent.deadline + CLOCK_MARGIN_MS;
  return deps.clock.now() < dead ? dead : undefined;
};
