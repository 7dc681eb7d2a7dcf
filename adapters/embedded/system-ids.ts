import { randomInt } from 'node:crypto';
import type { Ids } from '../../shared/ports/ids.ts';
import { ulids } from '../../shared/ports/ulid.ts';

/** Identifiers from the machine's clock and its source of strong randomness. */
export const systemIds = (): Ids => ({
  next: ulids(
    () => Date.now(),
    () => randomInt(32),
  ),
  random: () => randomInt(2 ** 47) / 2 ** 47,
});
