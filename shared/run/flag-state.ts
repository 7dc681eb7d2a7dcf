import * as z from 'zod';
import type { Item, Value } from '../ports/store.ts';
import { readable, storedEvent, type TurnedBy, turnedBy } from './run-state.ts';

/** Why a flag was sent back. */
export const trip = z.object({
  /** Epoch ms. */
  at: z.number(),
  /** The alarm, or the person. */
  by: z.string(),
  reason: z.string(),
  code: turnedBy.default('GUARDRAIL_TRIPPED'),
});
export type Trip = z.output<typeof trip>;

/** What follows from it for the run that owned the flag. */
export interface Turn {
  readonly reason: string;
  readonly code: TurnedBy;
}

export type FlagDocument = { readonly [name: string]: Value };
const document = z.record(z.string(), z.json());

export const flagState = z.object({
  environment: z.string(),
  key: z.string(),
  document,
  rev: z.number(),
  /** The run that shifts it, and the epoch of that run that may. */
  owner: z.string().optional(),
  ownerEpoch: z.number().optional(),
  /** The document as the owner found it. */
  preImage: document.optional(),
  tripped: trip.optional(),
  /** Who let it go last: a late admission of that epoch must not take it again. */
  released: z.object({ runId: z.string(), epoch: z.number() }).optional(),
  lastEvent: storedEvent.optional(),
});
export type FlagState = z.output<typeof flagState>;

export const readFlag = (item: Item): FlagState => flagState.parse(readable(item));

/** What evaluation sees: from the moment of a trip the document as it was before its run, whatever was shifted since. */
export const effective = (flag: FlagState): FlagDocument =>
  flag.tripped && flag.preImage !== undefined ? flag.preImage : flag.document;
