import type { Clock } from '../../shared/ports/clock.ts';
import type { Ids } from '../../shared/ports/ids.ts';
import { ulids } from '../../shared/ports/ulid.ts';

/** Identifiers and randomness that a seed and the clock decide wholly: the same again in every replay. */
export const seededIds = (seed: number, clock: Pick<Clock, 'now'>): Ids => {
  const random = mulberry32(seed);
  return {
    next: ulids(
      () => clock.now(),
      () => Math.floor(random() * 32),
    ),
    random,
  };
};

/** Tommy Ettinger's mulberry32: 32 bits of state, in [0, 1); plenty for schedules and jitter, none for secrets. */
const mulberry32 = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};
