import { describe, expect, it } from 'vitest';
import { isUnprintable } from '../../../../shared/notation/names.ts';
import { nearest, pathText, quote } from '../../../../shared/plan/problem.ts';

describe('nearest', () => {
  const keys = ['after', 'components', 'validate', 'name'];

  it.each([
    ['aftr', 'after'],
    ['compnents', 'components'],
    ['Validate', 'validate'],
    ['naem', 'name'],
    ['after', 'after'],
    ['colour', undefined],
    ['', undefined],
    ['x'.repeat(100_000), undefined],
  ])('finds for %.20s what was meant', (word, meant) => expect(nearest(word, keys)).toBe(meant));

  it('does not take one short word for another', () => {
    expect(nearest('ab', ['xy', 'cd'])).toBeUndefined();
  });
});

it('shows a path as one reads it in the file', () => {
  expect(pathText(['phases', 0, 'components', 12, 'a b', 'c'])).toBe('phases[0].components[12]["a b"].c');
});

it('quotes text so that a terminal shows it and does not obey it', () => {
  expect(quote('a"b')).toBe('"a\\"b"');
  expect(quote('\u001b[2J\u009b\u202e\ud800')).toBe('"\\u001b[2J\\u009b\\u202e\\ud800"');
  expect(quote('x'.repeat(200))).toHaveLength(63);
  expect(isUnprintable(quote(Array.from({ length: 60 }, (_, code) => String.fromCharCode(code)).join('')))).toBe(false);
});
