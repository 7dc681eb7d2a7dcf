import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashAfter, hashState, murmur3 } from '../../../../shared/flags/murmur3.ts';

describe('murmur3', () => {
  // Of SMHasher's and Wikipedia's lists of test vectors for the 32-bit x86 variant.
  it.each([
    ['', 0, 0],
    ['', 1, 0x514e28b7],
    ['', 0xffffffff, 0x81f16f39],
    ['test', 0, 0xba6bd213],
    ['test', 0x9747b28c, 0x704b81dc],
    ['Hello, world!', 0, 0xc0363e43],
    ['Hello, world!', 0x9747b28c, 0x24884cba],
    ['The quick brown fox jumps over the lazy dog', 0, 0x2e4ff723],
    ['The quick brown fox jumps over the lazy dog', 0x9747b28c, 0x2fa826cd],
    ['aaaa', 0x9747b28c, 0x5a97808a],
    ['aaa', 0x9747b28c, 0x283e0130],
    ['aa', 0x9747b28c, 0x5d211726],
    ['a', 0x9747b28c, 0x7fa09ea6],
    ['abcd', 0x9747b28c, 0xf0478627],
    ['abc', 0x9747b28c, 0xc84a62dd],
    ['ab', 0x9747b28c, 0x74875592],
    ['\0\0\0\0', 0, 0x2362f9de],
    ['\0\0\0', 0, 0x85f0b427],
    ['\0\0', 0, 0x30f4c306],
    ['\0', 0, 0x514e28b7],
    ['ππππππππ', 0x9747b28c, 0xd58063c1],
  ])('matches the published vector of %j with seed %i', (text, seed, hash) => {
    expect(murmur3(text, seed)).toBe(hash);
  });

  it('hashes the UTF-8 bytes that an encoder writes, lone surrogates included', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), anyUnits, (a, b, c) => {
        const text = a + b + c;
        expect(murmur3(text)).toBe(plain(new TextEncoder().encode(text)));
      }),
    );
  });

  it.each(['a', 'é', '㎏', '😀'])('hashes texts of %j of any length', (unit) => {
    for (let bytes = 1000; bytes < 1050; bytes += 1) {
      const text = 'x'.repeat(bytes % 7) + unit.repeat(bytes / new TextEncoder().encode(unit).length);
      for (const prefix of ['', 'a', 'ab', 'abc', 'abcd']) {
        expect(hashAfter(hashState(prefix), text) >>> 0).toBe(plain(new TextEncoder().encode(prefix + text)));
      }
    }
  });

  it('goes on from any prefix as if it were hashed whole', () => {
    const wellFormed = fc.string({ unit: 'grapheme' });
    fc.assert(
      fc.property(wellFormed, wellFormed, (prefix, text) => {
        expect(hashAfter(hashState(prefix), text) >>> 0).toBe(murmur3(prefix + text));
      }),
    );
  });
});

const anyUnits = fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units));

/** The algorithm as it was published, byte by byte. */
function plain(bytes: Uint8Array): number {
  const scramble = (block: number) => {
    const product = Math.imul(block, 0xcc9e2d51);
    return Math.imul((product << 15) | (product >>> 17), 0x1b873593);
  };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const whole = bytes.length - (bytes.length % 4);
  let hash = 0;
  for (let at = 0; at < whole; at += 4) {
    hash ^= scramble(view.getInt32(at, true));
    hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0;
  }
  let tail = 0;
  for (let at = bytes.length - 1; at >= whole; at -= 1) tail = (tail << 8) | (bytes[at] ?? 0);
  hash ^= scramble(tail) ^ bytes.length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
