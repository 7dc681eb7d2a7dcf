import { hash } from 'node:crypto';
import * as z from 'zod';
import type { Value } from '../ports/store.ts';
import type { DataRecord } from '../ports/tables.ts';

/** A checksum as it is stored: how many records, and the sum of their hashes in hexadecimal. */
export const checksumText = z.object({ count: z.number(), sum: z.string() });
export type ChecksumText = z.output<typeof checksumText>;

export const NO_RECORDS: ChecksumText = { count: 0, sum: '0' };

const BITS = 128;
const HEX_DIGITS = BITS / 4;

/** The hash of a record in canonical form (see `canonicalRecord`): 128 bits of SHA-256, in hexadecimal. */
export const recordHash = (record: DataRecord): string => hash('sha256', sortedText(record), 'hex').slice(0, HEX_DIGITS);

/** The sum of record hashes modulo 2^128: the same in any order, and what is added can be subtracted again. */
export class Checksum {
  #count: number;
  #sum: bigint;

  constructor(from: ChecksumText = NO_RECORDS) {
    this.#count = from.count;
    this.#sum = BigInt(`0x${from.sum}`);
  }

  add(recordHash: string): void {
    this.#count += 1;
    this.#sum = BigInt.asUintN(BITS, this.#sum + BigInt(`0x${recordHash}`));
  }

  subtract(recordHash: string): void {
    this.#count -= 1;
    this.#sum = BigInt.asUintN(BITS, this.#sum - BigInt(`0x${recordHash}`));
  }

  plus(other: ChecksumText): Checksum {
    return this.#with(this.#count + other.count, this.#sum + BigInt(`0x${other.sum}`));
  }

  minus(other: ChecksumText): Checksum {
    return this.#with(this.#count - other.count, this.#sum - BigInt(`0x${other.sum}`));
  }

  get text(): ChecksumText {
    return { count: this.#count, sum: this.#sum.toString(16) };
  }

  #with(count: number, sum: bigint): Checksum {
    return new Checksum({ count, sum: BigInt.asUintN(BITS, sum).toString(16) });
  }
}

/** The sum as a hash of one record would be written; for telling which single record a difference is made of. */
export const asHash = (checksum: ChecksumText): string => checksum.sum.padStart(HEX_DIGITS, '0');

export const sameChecksum = (a: ChecksumText, b: ChecksumText): boolean => a.count === b.count && a.sum === b.sum;

/** JSON with sorted names: equal records give equal text. */
function sortedText(value: Value): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(sortedText).join(',')}]`;
  const map = value as { readonly [name: string]: Value };
  let text = '{';
  for (const name of Object.keys(map).sort()) text += `${JSON.stringify(name)}:${sortedText(map[name] ?? null)},`;
  return `${text}}`;
}
