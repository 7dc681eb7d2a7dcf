import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { duplicateKey } from '../../../../shared/api/duplicate-key.ts';

describe('duplicateKey', () => {
  it.each([
    ['{"a":1,"a":1}', 'a'],
    ['{"a":{"b":1},"c":[{"b":1,"d":2,"b":3}]}', 'b'],
    ['{"\\u0061" : 1, "a"\n: 2}', 'a'],
    ['{"":1,"":2}', ''],
    ['{"a\\"}":1,"a\\"}":2}', 'a"}'],
  ])('finds it in %s', (json, key) => expect(duplicateKey(json)).toBe(key));

  it.each(['{"a":1,"b":{"a":1}}', '[{"a":1},{"a":2}]', '{"a":"a","b":"{\\"a\\":1,\\"a\\":2}"}', '"a"', '1', '{"a":["a","a"]}'])(
    'finds none in %s',
    (json) => expect(duplicateKey(json)).toBeUndefined(),
  );

  it('finds none in whatever was written from a value, and one in whatever has a key written twice', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.json()), fc.string(), (object, key) => {
        const text = `{${Object.entries(object)
          .map(([name, json]) => `${JSON.stringify(name)}:${JSON.stringify(JSON.parse(json))}`)
          .join(',')}}`;
        expect(duplicateKey(text)).toBeUndefined();
        const name = JSON.stringify(key);
        expect(duplicateKey(`{${name}:1,"x${key.length}":${text},${name}:2}`)).toBe(key);
      }),
    );
  });
});
