import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asHash, Checksum, NO_RECORDS, recordHash, sameChecksum } from '../../../../shared/batch/checksum.ts';
import { KeyParts, surplus } from '../../../../shared/batch/key-parts.ts';
import type { DataRecord } from '../../../../shared/ports/tables.ts';

const records = fc.array(fc.dictionary(fc.string(), fc.jsonValue() as fc.Arbitrary<DataRecord[string]>), { maxLength: 20 });

const sumOf = (all: readonly DataRecord[]): Checksum => {
  const sum = new Checksum();
  for (const record of all) sum.add(recordHash(record));
  return sum;
};

describe('Checksum', () => {
  it('is the same in any order', () => {
    fc.assert(
      fc.property(records, fc.infiniteStream(fc.nat()), (all, order) => {
        const shuffled = all
          .map((record) => ({ record, at: order.next().value ?? 0 }))
          .sort((a, b) => a.at - b.at)
          .map(({ record }) => record);
        expect(sumOf(shuffled).text).toEqual(sumOf(all).text);
      }),
    );
  });

  it('forgets what is subtracted, in parts as in single records', () => {
    fc.assert(
      fc.property(records, records, (kept, gone) => {
        const sum = sumOf([...gone, ...kept]);
        for (const record of gone) sum.subtract(recordHash(record));
        expect(sum.text).toEqual(sumOf(kept).text);
        expect(sumOf(kept).plus(sumOf(gone).text).minus(sumOf(gone).text).text).toEqual(sumOf(kept).text);
        expect(new Checksum().minus(sumOf(kept).text).plus(sumOf(kept).text).text).toEqual(NO_RECORDS);
      }),
    );
  });

  it('goes on from its text', () => {
    fc.assert(
      fc.property(records, records, (first, second) => {
        const stored = JSON.parse(JSON.stringify(sumOf(first).text)) as typeof NO_RECORDS;
        const resumed = new Checksum(stored);
        for (const record of second) resumed.add(recordHash(record));
        expect(sameChecksum(resumed.text, sumOf([...first, ...second]).text)).toBe(true);
      }),
    );
  });

  it('tells records apart by value, not by the order of their attributes', () => {
    expect(recordHash({ a: 1, b: { c: 2, d: [3] } })).toBe(recordHash({ b: { d: [3], c: 2 }, a: 1 }));
    expect(recordHash({ a: 1 })).not.toBe(recordHash({ a: '1' }));
    expect(recordHash({ a: [1, 2] })).not.toBe(recordHash({ a: [2, 1] }));
    expect(recordHash({ a: { b: 1 } })).not.toBe(recordHash({ a: {}, b: 1 }));
    expect(recordHash({ a: null })).not.toBe(recordHash({}));
  });

  it('hashes more than 20,000 records in a second of the processor', () => {
    const record = {
      country: 'GB',
      place: 'gcpvj0u6y#2643743',
      name: 'London',
      coordinates: { lat: 51.5, lon: -0.1 },
      admin: ['ENG'],
    };
    const sum = new Checksum();
    const before = process.cpuUsage();
    for (let at = 0; at < 20_000; at += 1) sum.add(recordHash({ ...record, population: at }));
    expect(process.cpuUsage(before).user).toBeLessThan(1_000_000);
  });
});

describe('KeyParts', () => {
  it('names the single record by which two sides differ', () => {
    const [ours, theirs] = [new KeyParts(), new KeyParts()];
    for (let id = 0; id < 2000; id += 1) {
      const hash = recordHash({ id });
      ours.add(`${id}`, hash);
      if (id !== 1234) theirs.add(`${id}`, hash);
    }
    expect(surplus(ours.text, theirs.text)).toEqual(new Set([recordHash({ id: 1234 })]));
    expect(surplus(theirs.text, ours.text)).toEqual(new Set());
    expect(surplus(new KeyParts(ours.text).text, ours.text)).toEqual(new Set());
  });

  it('writes a sum as a hash is written', () => {
    expect(asHash({ count: 1, sum: 'abc' })).toBe('abc'.padStart(32, '0'));
  });
});
