/** MurmurHash3 (x86, 32 bits) after some bytes: what goes on hashing from there. */
export interface HashState {
  readonly hash: number;
  /** Bytes that do not fill a block yet, the first one lowest. */
  readonly tail: number;
  /** Bits of the tail: 0, 8, 16 or 24. */
  readonly bits: number;
  /** Bytes so far. */
  readonly length: number;
}

/** The hash of a text's UTF-8 bytes, 0 to 2^32 - 1. A lone surrogate counts as U+FFFD, as encoders write it. */
export const murmur3 = (text: string, seed = 0): number => hashAfter({ hash: seed | 0, tail: 0, bits: 0, length: 0 }, text) >>> 0;

/** Where the hash of every text stands that begins with `prefix`. */
export function hashState(prefix: string, seed = 0): HashState {
  let { hash, tail, bits, length } = { hash: seed | 0, tail: 0, bits: 0, length: 0 };
  for (const byte of new TextEncoder().encode(prefix)) {
    tail |= byte << bits;
    bits += 8;
    length += 1;
    if (bits === 32) {
      hash = mixed(hash, tail);
      tail = 0;
      bits = 0;
    }
  }
  return { hash, tail, bits, length };
}

/** The hash of the state's prefix with `text` behind it, as a signed number: the same 32 bits. Allocates nothing. */
export function hashAfter(state: HashState, text: string): number {
  const { bits } = state;
  const { length } = text;
  let { hash, tail } = state;
  let seen = 0;
  let at = 0;
  for (; at + 3 < length; at += 4) {
    const a = text.charCodeAt(at);
    const b = text.charCodeAt(at + 1);
    const c = text.charCodeAt(at + 2);
    const d = text.charCodeAt(at + 3);
    seen |= a | b | c | d;
    const block = a | (b << 8) | (c << 16) | (d << 24);
    hash = mixed(hash, tail | (block << bits));
    // A shift by 32 is one by 0: without a tail nothing is left over.
    tail = bits === 0 ? 0 : block >>> (32 - bits);
  }
  let rest = 0;
  let restBits = 0;
  for (; at < length; at += 1) {
    const code = text.charCodeAt(at);
    seen |= code;
    rest |= code << restBits;
    restBits += 8;
  }
  if (seen > 0x7f) return hashBeyondAscii(state, text);
  tail |= rest << bits;
  if (bits + restBits >= 32) {
    hash = mixed(hash, tail);
    tail = bits === 0 ? 0 : rest >>> (32 - bits);
  }
  return finished(hash, tail, state.length + length);
}

function hashBeyondAscii(state: HashState, text: string): number {
  let { hash, tail, bits, length } = state;
  for (let at = 0; at < text.length; at += 1) {
    const point = codePoint(text, at);
    if (point > 0xffff) at += 1;
    const size = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    for (let index = 0; index < size; index += 1) {
      tail |= utf8Byte(point, size, index) << bits;
      bits += 8;
      if (bits === 32) {
        hash = mixed(hash, tail);
        tail = 0;
        bits = 0;
      }
    }
    length += size;
  }
  return finished(hash, tail, length);
}

function codePoint(text: string, at: number): number {
  const point = text.codePointAt(at) ?? 0xfffd;
  return point >= 0xd800 && point <= 0xdfff ? 0xfffd : point;
}

const LEAD = [0, 0, 0xc0, 0xe0, 0xf0];

function utf8Byte(point: number, size: number, index: number): number {
  const bits = point >>> (6 * (size - 1 - index));
  if (index > 0) return 0x80 | (bits & 0x3f);
  return (LEAD[size] ?? 0) | bits;
}

function mixed(hash: number, block: number): number {
  const next = hash ^ scrambled(block);
  return (Math.imul((next << 13) | (next >>> 19), 5) + 0xe6546b64) | 0;
}

function scrambled(block: number): number {
  const product = Math.imul(block, 0xcc9e2d51);
  return Math.imul((product << 15) | (product >>> 17), 0x1b873593);
}

function finished(hash: number, tail: number, length: number): number {
  let end = hash ^ scrambled(tail) ^ length;
  end = Math.imul(end ^ (end >>> 16), 0x85ebca6b);
  end = Math.imul(end ^ (end >>> 13), 0xc2b2ae35);
  return end ^ (end >>> 16);
}
