import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StoreRejectedError } from '../../../../shared/errors/store-errors.ts';
import { canonicalNumber, canonicalRecord } from '../../../../shared/ports/canonical-record.ts';
import { attributeName, recordValue } from '../../../contracts/record-values.ts';

/** A decimal text as a fraction of whole numbers. */
const fraction = (text: string): readonly [bigint, bigint] => {
  const [mantissa = '', exponent = '0'] = text.split('e');
  const [whole = '', decimals = ''] = mantissa.split('.');
  const power = Number(exponent) - decimals.length;
  const digits = BigInt(whole + decimals);
  return power >= 0 ? [digits * 10n ** BigInt(power), 1n] : [digits, 10n ** BigInt(-power)];
};

describe('canonicalNumber', () => {
  const decimalText = fc
    .tuple(fc.boolean(), fc.bigInt({ min: 0n, max: 10n ** 38n - 1n }), fc.integer({ min: -110, max: 80 }))
    .map(([negative, digits, power]) => `${negative ? '-' : ''}${digits}e${power}`);

  it('never changes the value of a number', () => {
    fc.assert(
      fc.property(decimalText, (text) => {
        const value = canonicalNumber(text);
        const found = typeof value === 'number' ? String(value) : (value as { $number: string }).$number;
        const [a, b] = fraction(text);
        const [c, d] = fraction(found);
        expect(a * d).toBe(c * b);
      }),
    );
  });

  it('has one form for one number', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 1n, max: 10n ** 30n }),
        fc.integer({ min: -60, max: 60 }),
        fc.nat(8),
        (digits, power, zeros) => {
          const same = `+00${digits}${'0'.repeat(zeros)}E${power - zeros}`;
          expect(canonicalNumber(same)).toEqual(canonicalNumber(`${digits}e${power}`));
        },
      ),
    );
  });

  it('gives back every number of JavaScript as itself', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
        expect(canonicalNumber(String(number))).toBe(number === 0 ? 0 : number);
      }),
    );
  });

  it('tags what a JavaScript number would change', () => {
    expect(canonicalNumber('9007199254740993')).toEqual({ $number: '9007199254740993' });
    expect(canonicalNumber('0.1000000000000000055')).toEqual({ $number: '0.1000000000000000055' });
    expect(canonicalNumber('1e400')).toEqual({ $number: '1e400' });
    expect(canonicalNumber('42.00')).toBe(42);
    expect(canonicalNumber('-0.00')).toBe(0);
  });
});

describe('canonicalRecord', () => {
  it('leaves a canonical record as it is', () => {
    fc.assert(
      fc.property(fc.dictionary(attributeName, recordValue), (record) => {
        const once = canonicalRecord(record);
        expect(canonicalRecord(once)).toEqual(once);
      }),
    );
  });

  it('drops what is undefined', () => {
    expect(canonicalRecord({ a: undefined as never, b: { c: undefined as never, d: 1 } })).toEqual({ b: { d: 1 } });
  });

  it('refuses an attribute that would be taken for a prototype, and keeps what only looks like one', () => {
    expect(() => canonicalRecord(JSON.parse('{"a":[{"__proto__":1}]}'))).toThrow("The attribute 'a[0].__proto__' has a name");
    const record = JSON.parse('{"constructor":2,"toString":3}');
    expect(canonicalRecord(record)).toEqual(record);
  });

  it('refuses a tag around something else, and says how to write such a map', () => {
    for (const value of [
      { $set: 'x' },
      { $set: [[]] },
      { $number: 5 },
      { $binary: 'no base 64' },
      { $map: { plain: 1 } },
      { $map: [] },
    ]) {
      expect(() => canonicalRecord({ value })).toThrow(StoreRejectedError);
    }
    expect(() => canonicalRecord({ deep: [{ $number: 'five' }] })).toThrow("'deep[0]'");
  });
});
