import type { Mismatch } from './batch-progress.ts';

/** What the sample may take of its component's item, of which DynamoDB holds 400 KB, bytes of JSON. */
const MOST_BYTES = 100_000;
/** Beyond these keys alone are told. */
const WITH_FIELDS = 50_000;

/** Mismatches for people to read: those that come first, and the fields of as many as there is room for. */
export class MismatchSample {
  readonly #most: number;
  readonly #all: Mismatch[] = [];
  #bytes = 0;

  constructor(from: readonly Mismatch[], most = Number.POSITIVE_INFINITY) {
    this.#most = most;
    for (const one of from) this.add(one);
  }

  get all(): readonly Mismatch[] {
    return this.#all;
  }

  add(one: Mismatch): void {
    if (this.#all.length >= this.#most) return;
    const whole = this.#bytes + bytesOf(one) <= WITH_FIELDS;
    const told = whole ? one : { ...one, fields: {} };
    const bytes = this.#bytes + bytesOf(told);
    if (bytes > MOST_BYTES) return;
    this.#all.push(told);
    this.#bytes = bytes;
  }
}

const bytesOf = (one: Mismatch): number => new TextEncoder().encode(JSON.stringify(one)).length;
