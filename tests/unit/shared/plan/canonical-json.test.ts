import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../../../shared/plan/canonical-json.ts';

describe('canonicalJson', () => {
  it('sorts keys by their UTF-16 units and leaves out white space and what is undefined', () => {
    const sorted = '{"\\r":1,"1":2,"a":[null,true,"x"],"ö":0,"€":3,"😀":4,"\ufb33":5}';
    expect(canonicalJson({ '\ufb33': 5, '😀': 4, '€': 3, ö: -0, a: [null, true, 'x'], b: undefined, 1: 2, '\r': 1 })).toBe(
      sorted,
    );
  });

  it('reads back as the same value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, undefined, 1n, () => 1, Symbol('s')])('refuses %s', (value) => {
    expect(() => canonicalJson([value])).toThrow(TypeError);
  });
});
