import * as z from 'zod';
import type { Item } from '../ports/store.ts';
import { readable } from '../run/run-state.ts';

/** The place of a run: it waits, or holds a slot since `heldSince` (epoch ms). */
const place = z.object({
  /** Under which the slot was taken: an older writer cannot give it up. */
  epoch: z.number(),
  environment: z.string(),
  actor: z.string(),
  role: z.string().optional(),
  priority: z.number(),
  semaphores: z.array(z.string()),
  /** Since when it waits, epoch ms. */
  at: z.number(),
  heldSince: z.number().optional(),
});

export interface Place extends z.output<typeof place> {
  readonly runId: string;
}

/** All places of all environments: one item, so that each decision is one conditional write. */
export interface Queue {
  readonly rev: number;
  readonly places: readonly Place[];
}

const PREFIX = 'run:';
/** A place is an attribute of its own, so that joining needs to know nothing of the others. */
export const placeAttribute = (runId: string): string => `${PREFIX}${runId}`;

export function readQueue(item: Item | undefined): Queue {
  if (!item) return { rev: 0, places: [] };
  const places = Object.entries(readable(item)).flatMap(([attribute, value]) =>
    attribute.startsWith(PREFIX) ? [{ ...place.parse(value), runId: attribute.slice(PREFIX.length) }] : [],
  );
  return { rev: Number(item['rev'] ?? 0), places };
}
