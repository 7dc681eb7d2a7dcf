import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { oneLine, printable, printableJson, printableValue } from '../../../../cli/render/printable.ts';
import { isUnprintable } from '../../../../shared/notation/names.ts';

const nasty = fc.string({
  unit: fc.oneof(fc.constantFrom('\u001b', '\u0007', '\u009b', '\u202e', '\ud800', '\n', '\t', '\r'), fc.string()),
});

describe('printable', () => {
  it('escapes what a terminal obeys and leaves the rest', () => {
    expect(printable('\u001b[2J gone \u009b31m')).toBe('\\u001b[2J gone \\u009b31m');
    expect(printable('a\u202eb\rc')).toBe('a\\u202eb\\u000dc');
    expect(printable('Łódź 東京 👩‍🚀\n\tindented')).toBe('Łódź 東京 👩‍🚀\n\tindented');
  });

  it('leaves nothing that a terminal would obey', () => {
    fc.assert(
      fc.property(nasty, (text) => {
        expect(isUnprintable(printable(text))).toBe(false);
        expect(oneLine(text)).not.toMatch(/[\n\t]/);
      }),
    );
  });

  it('reaches every text of a value, its keys too', () => {
    expect(printableValue({ '\u001bk': ['\u0007', { deep: '\u001b' }], n: 1, none: null, yes: true })).toEqual({
      '\\u001bk': ['\\u0007', { deep: '\\u001b' }],
      n: 1,
      none: null,
      yes: true,
    });
  });
});

describe('printable JSON', () => {
  it('is the same value and obeyed by no terminal', () => {
    fc.assert(
      fc.property(fc.jsonValue(), nasty, fc.constantFrom(undefined, 2), (value, text, indent) => {
        const written = { value, text, [text]: 1 };
        const json = printableJson(written, indent);
        expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify(written)));
        expect(isUnprintable(json)).toBe(false);
      }),
    );
  });

  it('is one line where no indentation is asked for', () => {
    expect(printableJson({ a: 'x\ny' })).toBe('{"a":"x\\ny"}');
  });
});
