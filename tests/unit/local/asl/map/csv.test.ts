import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ItemReaderFailedError } from '../../../../../local/asl/errors.ts';
import { parseCsv } from '../../../../../local/asl/map/csv.ts';

const quote = (field: string): string => `"${field.replaceAll('"', '""')}"`;

it('reads back whatever was written', () => {
  const rows = fc.array(fc.tuple(fc.string(), fc.string()), { maxLength: 6 });
  fc.assert(
    fc.property(rows, fc.constantFrom('\n', '\r\n'), (written, lineEnd) => {
      const text = [['a', 'b'], ...written].map((row) => row.map(quote).join(',')).join(lineEnd);
      expect(parseCsv(text, {})).toEqual(written.map(([a, b]) => ({ a, b })));
    }),
  );
});

it.each([
  ['other delimiters', 'a|b\n1|2', { CSVDelimiter: 'PIPE' as const }, [{ a: '1', b: '2' }]],
  ['given headers', '1,2\n', { CSVHeaderLocation: 'GIVEN' as const, CSVHeaders: ['x', 'y'] }, [{ x: '1', y: '2' }]],
  [
    'short rows and empty lines',
    'a,b\n1\n\n,\n',
    {},
    [
      { a: '1', b: '' },
      { a: '', b: '' },
    ],
  ],
  ['a byte order mark', '\ufeffa\n1', {}, [{ a: '1' }]],
])('copes with %s', (_, text, config, rows) => {
  expect(parseCsv(text, config)).toEqual(rows);
});

it('refuses a field that is never closed', () => {
  expect(() => parseCsv('a\n"1', {})).toThrow(ItemReaderFailedError);
});
