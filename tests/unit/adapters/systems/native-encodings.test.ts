import { describe, expect, it } from 'vitest';
import { getDecoder, getEncoder } from '../../../../adapters/systems/native-encodings.ts';

describe('the encodings of Node.js', () => {
  it.each([
    ['cesu8', Buffer.from('größe 桜')],
    ['utf-16le', Buffer.from('größe 桜', 'utf16le')],
  ])('read and write %s', (encoding, bytes) => {
    expect(getDecoder(encoding).write(bytes)).toBe('größe 桜');
    expect(getEncoder(encoding).write('größe 桜')).toEqual(bytes);
  });

  it.each([
    ['gbk', [0xd3, 0xa3], '樱'],
    ['big5', [0xc4, 0xe5], '櫻'],
    ['latin2', [0xb1], 'ą'],
  ])('read %s', (encoding, bytes, text) => {
    expect(getDecoder(encoding).write(Uint8Array.from(bytes))).toBe(text);
    expect(() => getEncoder(encoding)).toThrow(TypeError);
  });

  it('refuse what is none', () => {
    expect(() => getDecoder('geostd8')).toThrow(RangeError);
  });
});
