import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CUSTOMER_STAGES, customersAt } from '../../../../shared/flags/customers.ts';

describe('customersAt', () => {
  const names = fc.array(fc.string({ unit: 'grapheme', minLength: 1 }), { maxLength: 150 });

  it('has the customers of every lower stage among those of a higher one', () => {
    fc.assert(
      fc.property(names, fc.constantFrom('listed', 'hash'), fc.nat(150), fc.nat(150), (list, order, a, b) => {
        const low = customersAt('f', list, Math.min(a, b), order);
        const high = customersAt('f', list, Math.max(a, b), order);
        expect(high.slice(0, low.length)).toEqual(low);
        expect(low).toHaveLength(Math.min(new Set(list).size, a, b));
      }),
    );
  });

  it('does not depend on the order of the list where it goes by hash, and differs between flags', () => {
    const list = Array.from({ length: 50 }, (_, n) => `customer-${n}`);
    expect(customersAt('f', list.toReversed(), 10, 'hash')).toEqual(customersAt('f', list, 10, 'hash'));
    expect(customersAt('g', list, 10, 'hash')).not.toEqual(customersAt('f', list, 10, 'hash'));
    expect(customersAt('f', list, 2, 'listed')).toEqual(['customer-0', 'customer-1']);
  });

  it('has the stages 1, 10, 100, all', () => expect(CUSTOMER_STAGES).toEqual([1, 10, 100, 'all']));
});
