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

const ENCODER = new TextEncoder();
const ROOM = 1024;
/** With one block more, which is read but never counts. */
const BYTES = new Uint8Array(ROOM + 4);
const BLOCKS = new DataView(BYTES.buffer);
/** Where a text is encoded behind a tail of so many bytes. */
const BEHIND = [0, 1, 2, 3].map((tail) => BYTES.subarray(tail, ROOM));

/** The hash of a text's UTF-8 bytes, 0 to 2^32 - 1. A lone surrogate counts as U+FFFD, as encoders write it. */
export const murmur3 = (text: string, seed = 0): number => hashAfter({ hash: seed | 0, tail: 0, bits: 0, length: 0 }, text) >>> 0;

/** Where the hash of every text stands that begins with `prefix`. */
export const hashState = (prefix: string, seed = 0): HashState =>
  fed({ hash: seed | 0, tail: 0, bits: 0, length: 0 }, ENCODER.encode(prefix));

/**
 * The hash of the state's prefix with `text` behind it, as a signed number: the same 32 bits. Reads the text through the encoder: reading its
 * characters is as fast, but four times slower in a process in which any module has made a subclass of String.
 */
export function hashAfter(state: HashState, text: string): number {
  const { bits } = state;
  const before = bits >>> 3;
  const { read, written } = ENCODER.encodeInto(text, BEHIND[before] as Uint8Array);
  if (read < text.length) {
    const { hash, tail, length } = fed(state, ENCODER.encode(text));
    return finished(hash, tail, length);
  }
  const end = before + written;
  let { hash } = state;
  let block = (BLOCKS.getInt32(0, true) & (-1 << bits)) | state.tail;
  for (let at = 4; at <= end; at += 4) {
    hash = mixed(hash, block);
    block = BLOCKS.getInt32(at, true);
  }
  const tail = block & ((1 << ((end & 3) << 3)) - 1);
  return finished(hash, tail, state.length + written);
}

function fed(state: HashState, bytes: Uint8Array): HashState {
  let { hash, tail, bits } = state;
  for (const byte of bytes) {
    tail |= byte << bits;
    bits += 8;
    if (bits === 32) {
      hash = mixed(hash, tail);
      tail = 0;
      bits = 0;
    }
  }
  return { hash, tail, bits, length: state.length + bytes.length };
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
