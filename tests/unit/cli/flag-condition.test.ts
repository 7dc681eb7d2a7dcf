import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { conditionText, parseCondition } from '../../../cli/flag-condition.ts';
import { simpleFlag } from '../../../shared/flags/simple-flag.ts';

describe('a condition on the command line', () => {
  it.each([
    ['country=DE', { attribute: 'country', operator: 'equals', value: 'DE' }],
    [' country != DE ', { attribute: 'country', operator: 'notEquals', value: 'DE' }],
    ['country=DE|FR', { attribute: 'country', operator: 'in', value: ['DE', 'FR'] }],
    ['size!=1|2|x', { attribute: 'size', operator: 'notIn', value: [1, 2, 'x'] }],
    ['age>=18', { attribute: 'age', operator: 'atLeast', value: 18 }],
    ['age<=18.5', { attribute: 'age', operator: 'atMost', value: 18.5 }],
    ['age>-1', { attribute: 'age', operator: 'greaterThan', value: -1 }],
    ['age<0', { attribute: 'age', operator: 'lessThan', value: 0 }],
    ['paying=true', { attribute: 'paying', operator: 'equals', value: true }],
    ['paying="true"', { attribute: 'paying', operator: 'equals', value: 'true' }],
    ['zip=01099', { attribute: 'zip', operator: 'equals', value: '01099' }],
    ['zip="10115"', { attribute: 'zip', operator: 'equals', value: '10115' }],
    ['name="a|b"', { attribute: 'name', operator: 'equals', value: 'a|b' }],
    ['mail$=@example.com', { attribute: 'mail', operator: 'endsWith', value: '@example.com' }],
    ['path^=/v2', { attribute: 'path', operator: 'startsWith', value: '/v2' }],
    ['path*="a=b"', { attribute: 'path', operator: 'contains', value: 'a=b' }],
    ['url=a=b', { attribute: 'url', operator: 'equals', value: 'a=b' }],
    ['app versionAtLeast 2.1.0', { attribute: 'app', operator: 'versionAtLeast', value: '2.1.0' }],
    ['plan in gold|silver', { attribute: 'plan', operator: 'in', value: ['gold', 'silver'] }],
  ])('%j is read as it is meant', (text, condition) => {
    expect(parseCondition(text)).toEqual(condition);
    expect(simpleFlag.parse({ conditions: [condition] }).conditions).toEqual([condition]);
  });

  it.each([
    ['country', 'It must be such as country=DE'],
    ['=DE', 'It must be such as'],
    ['country=', 'It must be such as'],
    ['app newerThan 2', 'versionAtLeast'],
    ['age>=old', 'old is no number'],
    ['1st=a', 'It must be such as'],
  ])('%j is refused with how it is written', (text, told) => {
    expect(() => parseCondition(text)).toThrow(told);
  });

  it('of any text gives a condition that the form takes, or is refused', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((text) => `key=${text}`),
        ),
        (text) => {
          try {
            return simpleFlag.safeParse({ conditions: [parseCondition(text)] }).success;
          } catch (error) {
            return error instanceof Error && 'code' in error && error.code === 'commander.invalidArgument';
          }
        },
      ),
    );
  });

  it('is told as a person writes it', () => {
    const told = ['country=DE|FR', 'age>=18', 'app versionBelow 3.0.0', 'country!=DE|FR'].map((text) =>
      conditionText(parseCondition(text)),
    );
    expect(told).toEqual(['country is one of DE, FR', 'age >= 18', 'app versionBelow 3.0.0', 'country is none of DE, FR']);
  });
});
