import { type Limits, type Need, needsOf } from './limits.ts';
import type { Place } from './queue-state.ts';

/** Waiting so long counts as much as one step of priority, ms: so nobody waits for ever. */
export const STEP_MS = 600_000;

/** Where a waiting run stands. */
export interface Turn {
  readonly runId: string;
  /** 1: the next. */
  readonly position: number;
  /** What it lacks; nothing: it may go in. */
  readonly lacks: readonly Need[];
}

/**
 * Who waits in which order, and who of them may go in now. Higher priority first, where each `STEP_MS` of waiting is one more step; among
 * equals whoever has fewer under way and ahead; then whoever waits longer. A run that may not go in holds back only those that
 * need the same: the next runs of the same person, and, where it lacks nothing of its person's, users of its semaphores.
 */
export function turnsOf(places: readonly Place[], limits: Limits, now: number): readonly Turn[] {
  const taken = new Map<string, number>();
  const take = ({ key }: Need) => taken.set(key, (taken.get(key) ?? 0) + 1);
  for (const held of places.filter(({ heldSince }) => heldSince !== undefined)) needsOf(limits, held).forEach(take);
  return inOrder(places, now).map((place, index) => {
    const needs = needsOf(limits, place);
    const lacks = needs.filter(({ key, most }) => (taken.get(key) ?? 0) >= most);
    const ownTurn = !lacks.some(({ kind }) => kind === 'person');
    const kept = needs.filter(({ kind }) => kind === 'person' || (kind === 'semaphore' && ownTurn));
    (lacks.length === 0 ? needs : kept).forEach(take);
    return { runId: place.runId, position: index + 1, lacks };
  });
}

function inOrder(places: readonly Place[], now: number): readonly Place[] {
  const level = ({ priority, at }: Place) => priority + Math.floor(Math.max(0, now - at) / STEP_MS);
  const elder = (one: Place, other: Place) => one.at - other.at || (one.runId < other.runId ? -1 : 1);
  const before = (one: Place, other: Place) => level(other) - level(one) || elder(one, other);
  const ahead = new Map<string, number>();
  const another = (actor: string) => {
    const count = ahead.get(actor) ?? 0;
    ahead.set(actor, count + 1);
    return count;
  };
  for (const { actor } of places.filter(({ heldSince }) => heldSince !== undefined)) another(actor);
  const waiting = places.filter(({ heldSince }) => heldSince === undefined).sort(before);
  const shares = new Map(waiting.map((place) => [place, another(place.actor)]));
  const share = (place: Place) => shares.get(place) ?? 0;
  return waiting.sort((one, other) => level(other) - level(one) || share(one) - share(other) || elder(one, other));
}

/** For a person: what keeps a run that waits. */
export function reasonOf({ lacks }: Turn): string {
  const [first] = lacks;
  if (!first) return 'It is its turn';
  const { kind, name, most } = first;
  const of = `${most} at once`;
  if (most === 0) return `${kind === 'all' ? 'Slipway' : name} admits no runs now (its limit is 0)`;
  if (kind === 'all') return `As many runs as may be are under way (${of})`;
  if (kind === 'environment') return `As many runs of ${name} as may be are under way (${of})`;
  if (kind === 'person') return `${name} has as many runs under way, or ahead of it, as may be (${of})`;
  return `Semaphore ${name} is taken (${of})`;
}
