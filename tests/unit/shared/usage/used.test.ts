import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PRICES } from '../../../../shared/usage/prices.ts';
import { costOf, readUsed, storedUsed, together, UNUSED, type Used } from '../../../../shared/usage/used.ts';

const amount = fc.integer({ min: 0, max: 1_000_000_000 });
const used: fc.Arbitrary<Used> = fc.record({
  cpuMs: amount,
  peakMb: amount,
  sentBytes: amount,
  receivedBytes: amount,
  billed: fc.dictionary(
    fc.constantFrom('dynamodbWrite', 'dynamodbRead', 'transition', 'event', 's3Put', 'lambdaRequest'),
    amount,
  ),
});
const whole = (one: Used): Used => together(UNUSED, one);

describe('what was used', () => {
  it('is read as it was stored', () => {
    fc.assert(
      fc.property(used, (one) => {
        expect(whole(readUsed(storedUsed(one)))).toEqual(whole(one));
      }),
    );
  });

  it('adds up in any order, but for memory, of which the most counts', () => {
    fc.assert(
      fc.property(used, used, used, (one, two, three) => {
        const forth = together(together(one, two), three);
        expect(together(three, together(two, one))).toEqual(forth);
        expect(forth.cpuMs).toBe(one.cpuMs + two.cpuMs + three.cpuMs);
        expect(forth.peakMb).toBe(Math.max(one.peakMb, two.peakMb, three.peakMb));
      }),
    );
  });

  it.each([undefined, null, 'x', 7, {}])('is nothing where %j is stored', (stored) => {
    expect(readUsed(stored)).toBe(UNUSED);
  });

  it('of an earlier release has nothing of what is counted since', () => {
    expect(readUsed([1, 2, 3, 4, 5])).toMatchObject({
      cpuMs: 1,
      peakMb: 2,
      sentBytes: 3,
      receivedBytes: 4,
      billed: { dynamodbWrite: 5, event: 0 },
    });
  });

  it('takes no more room than it needs', () => {
    expect(storedUsed({ ...UNUSED, cpuMs: 1.23456, billed: { dynamodbRead: 2.5 } })).toEqual([1.235, 0, 0, 0, 0, 2.5]);
    expect(storedUsed(UNUSED)).toEqual([]);
  });

  it('costs what its units cost', () => {
    const billed = { dynamodbWrite: 1000, transition: 10, lambdaGbSecond: 2 };
    const usd = 1000 * PRICES.dynamodbWrite + 10 * PRICES.transition + 2 * PRICES.lambdaGbSecond;
    expect(costOf({ ...UNUSED, billed })).toBeCloseTo(usd, 12);
    expect(costOf(UNUSED)).toBe(0);
  });
});
