import { describe, expect, it } from 'vitest';
import { BREAK_SEEDS, PART_SEEDS, QUEUE_SEEDS } from './scenario.ts';
import { simulate } from './simulate.ts';

const SEEDS = 2000;
const PART = 250;
/** Of runs that wait for slots. */
const QUEUE_PARTS = 2;
/** Of locks that are broken. */
const BREAK_PARTS = 2;
/** Of components that are taken back. */
const PART_PARTS = 2;

describe('the run protocol, simulated', () => {
  it.each([
    ...Array.from({ length: SEEDS / PART }, (_, part) => part * PART + 1),
    ...Array.from({ length: QUEUE_PARTS }, (_, part) => QUEUE_SEEDS + part * PART),
    ...Array.from({ length: BREAK_PARTS }, (_, part) => BREAK_SEEDS + part * PART),
    ...Array.from({ length: PART_PARTS }, (_, part) => PART_SEEDS + part * PART),
  ])(
    `holds for ${PART} seeds from %i on, twice with equal logs`,
    async (from) => {
      for (let seed = from; seed < from + PART; seed += 1) {
        const [one, two] = [await simulate(seed), await simulate(seed)];
        const again = `npm run simulate -- --seeds 1 --from ${seed} --log`;
        expect(one.violations, `repeat it: ${again}`).toEqual([]);
        expect(two.digest, `not the same twice: ${again}`).toBe(one.digest);
      }
    },
    120_000,
  );
});
