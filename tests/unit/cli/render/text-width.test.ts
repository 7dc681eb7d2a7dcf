import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { paintWith } from '../../../../cli/render/paint.ts';
import { cut, padEnd, padStart, widthOf, wrapped } from '../../../../cli/render/text-width.ts';

const paint = paintWith(true);

describe('the width of text', () => {
  it('counts columns, not characters', () => {
    expect(widthOf('abc')).toBe(3);
    expect(widthOf('東京')).toBe(4);
    expect(widthOf('e\u0301')).toBe(1);
    expect(widthOf(paint.red('abc'))).toBe(3);
  });

  it('pads to a width and never cuts', () => {
    expect(padEnd('東', 4)).toBe('東  ');
    expect(padStart('12', 4)).toBe('  12');
    expect(padEnd('long', 2)).toBe('long');
  });
});

describe('cutting', () => {
  it('leaves what fits and marks what it cut', () => {
    expect(cut('abcdef', 6)).toBe('abcdef');
    expect(cut('abcdef', 5)).toBe('abcd…');
    expect(cut('東京都', 4)).toBe('東…');
  });

  it('ends colours that it cut off', () => {
    expect(cut(`${paint.red('abcdef')} g`, 4)).toBe('\u001b[31mabc…\u001b[0m');
  });

  it('never leaves more than fits', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), fc.integer({ min: 1, max: 30 }), (a, b, columns) => {
        const plain = stripVTControlCharacters(a + b);
        expect(widthOf(cut(paint.bold(a) + b, columns))).toBeLessThanOrEqual(Math.max(columns, 1));
        if (widthOf(plain) <= columns) expect(stripVTControlCharacters(cut(plain, columns))).toBe(plain);
      }),
    );
  });
});

describe('wrapped text', () => {
  it('keeps every word, in lines that fit and could not have held the next word', () => {
    const word = fc.stringMatching(/^[a-z東]{1,12}$/);
    fc.assert(
      fc.property(fc.array(word), fc.integer({ min: 1, max: 40 }), (words, columns) => {
        const lines = wrapped(words.join('  '), columns);
        expect(lines.join(' ')).toBe(words.join(' '));
        for (const [index, line] of lines.entries()) {
          if (line.includes(' ')) expect(widthOf(line)).toBeLessThanOrEqual(columns);
          const [next] = (lines[index + 1] ?? '').split(' ');
          if (next) expect(widthOf(`${line} ${next}`)).toBeGreaterThan(columns);
        }
      }),
    );
  });
});
