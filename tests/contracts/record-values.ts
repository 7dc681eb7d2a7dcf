import fc from 'fast-check';
import type { Value } from '../../shared/ports/store.ts';

const number = fc.oneof(
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e100, max: 1e100 }).filter((n) => n === 0 || Math.abs(n) > 1e-100),
);
const exact = fc
  .tuple(fc.boolean(), fc.bigInt({ min: 0n, max: 10n ** 38n - 1n }), fc.integer({ min: -60, max: 60 }))
  .map(([negative, digits, power]) => ({ $number: `${negative ? '-' : ''}${digits}e${power}` }));
const binary = fc.uint8Array({ maxLength: 30 }).map((bytes) => ({ $binary: Buffer.from(bytes).toString('base64') }));
const set = fc
  .oneof(
    fc.array(fc.string(), { minLength: 1, maxLength: 5 }),
    fc.array(fc.oneof(number, exact), { minLength: 1, maxLength: 5 }),
    fc.array(binary, { minLength: 1, maxLength: 5 }),
  )
  .map((elements: Value[]) => ({ $set: elements }));
/** Of any attribute but the one that is refused. */
export const attributeName = fc
  .oneof(fc.string({ minLength: 1, maxLength: 20 }), fc.constantFrom('$Number', 'toString', '$', 'a.b', 'status'))
  .filter((name) => name !== '__proto__');

/** Any value that a table can hold, tags included. */
export const recordValue: fc.Arbitrary<Value> = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom<Value>(null, true, false, '', 0),
    fc.string(),
    number,
    exact,
    binary,
    set,
    fc.record({ $map: fc.constantFrom('$number', '$binary', '$set', '$map').map((tag) => ({ [tag]: 'own' })) }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(attributeName, tie('value'), { maxKeys: 4 }),
  ),
})).value;
