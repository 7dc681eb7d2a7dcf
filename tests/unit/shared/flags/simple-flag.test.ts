import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FlagContext } from '../../../../shared/flags/resolution.ts';
import { fromSimple, type SimpleFlag, simpleFlag, toSimple } from '../../../../shared/flags/simple-flag.ts';
import { atStage } from '../../../../shared/flags/stage.ts';
import { documentOf, flagsOf } from './flag-builder.ts';

const on = (form: object, context: FlagContext, environment?: string): boolean => {
  const document = documentOf({ f: fromSimple(simpleFlag.parse(form)) });
  return flagsOf(document, environment === undefined ? {} : { environment }).boolean('f', false, context).value;
};

const name = fc.constantFrom('a', 'β', 'c d', 'plan');
const texts = fc.uniqueArray(name, { maxLength: 3 });
const attribute = fc.constantFrom('plan', 'age', 'account.tier');
const condition = fc.oneof(
  fc.record({ attribute, operator: fc.constantFrom('equals', 'notEquals'), value: fc.oneof(name, fc.integer(), fc.boolean()) }),
  fc.record({ attribute, operator: fc.constantFrom('in', 'notIn'), value: fc.array(name, { minLength: 1, maxLength: 3 }) }),
  fc.record({
    attribute,
    operator: fc.constantFrom('contains', 'startsWith', 'endsWith', 'versionAtLeast', 'versionBelow'),
    value: name,
  }),
  fc.record({ attribute, operator: fc.constantFrom('greaterThan', 'atLeast', 'lessThan', 'atMost'), value: fc.integer() }),
);
const form: fc.Arbitrary<SimpleFlag> = fc
  .record({
    enabled: fc.boolean(),
    rolloutPercentage: fc.integer({ min: 0, max: 100_000 }).map((thousandths) => thousandths / 1000),
    conditions: fc.array(condition, { maxLength: 3 }),
    userGroups: texts,
    environments: texts,
    customers: texts,
    fallbackEnabled: fc.boolean(),
  })
  .map((value) => simpleFlag.parse(value));

describe('the simple form', () => {
  it('compiles to a document that is read, and back to the same form', () => {
    fc.assert(
      fc.property(form, (value) => {
        const flag = fromSimple(value);
        expect(flagsOf(documentOf({ f: flag })).keys).toEqual(['f']);
        expect(toSimple(flag)).toEqual(value);
      }),
    );
  });

  it('is on for everybody by default, with a key and without', () => {
    expect(on({}, {})).toBe(true);
    expect(on({}, { targetingKey: 'k' })).toBe(true);
  });

  it('gives everybody the default of the code when it is not enabled', () => {
    const flags = flagsOf(documentOf({ f: fromSimple(simpleFlag.parse({ enabled: false })) }));
    expect(flags.boolean('f', true)).toMatchObject({ value: true, reason: 'DISABLED' });
  });

  it('asks for one of the groups, one of the environments and every condition', () => {
    const asked = {
      userGroups: ['beta', 'staff'],
      environments: ['production'],
      conditions: [{ attribute: 'age', operator: 'lessThan', value: 30 }],
    };
    const fits = { groups: ['beta'], environment: 'production', age: 20 };
    expect(on(asked, fits)).toBe(true);
    expect(on(asked, { ...fits, groups: ['other'] })).toBe(false);
    expect(on(asked, { ...fits, groups: undefined })).toBe(false);
    expect(on(asked, { ...fits, environment: 'staging' })).toBe(false);
    expect(on(asked, { ...fits, age: 30 })).toBe(false);
    expect(on(asked, { ...fits, age: undefined })).toBe(false);
  });

  it('takes the environment of the document where the context has none', () => {
    const asked = { environments: ['production'] };
    expect(on(asked, {}, 'production')).toBe(true);
    expect(on(asked, {}, 'staging')).toBe(false);
    expect(on(asked, { environment: 'staging' }, 'production')).toBe(false);
  });

  it('falls back where the conditions do not hold, and to off outside of the percentage', () => {
    const asked = { rolloutPercentage: 0, userGroups: ['beta'], fallbackEnabled: true };
    expect(on(asked, { groups: [], targetingKey: 'k' })).toBe(true);
    expect(on(asked, { groups: ['beta'], targetingKey: 'k' })).toBe(false);
  });

  it('keeps its conditions when a rollout moves its percentage', () => {
    const before = fromSimple(simpleFlag.parse({ rolloutPercentage: 1, userGroups: ['beta'] }));
    const after = atStage(before, { percent: 50 });
    expect(after.ok && toSimple(after.flag)).toMatchObject({ rolloutPercentage: 50, userGroups: ['beta'] });
  });

  it('is not read from a flag that says more', () => {
    const flag = fromSimple(simpleFlag.parse({}));
    expect(toSimple({ ...flag, variants: { on: true, off: false, third: true } })).toBeUndefined();
    expect(toSimple({ ...flag, targeting: { if: [{ var: 'x' }, flag.targeting ?? {}, 'off'] } })).toBeUndefined();
  });

  it.each([
    { rolloutPercentage: 120 },
    { rolloutPercentage: '25' },
    { conditions: [{ attribute: 'age', operator: 'lessThan', value: '30' }] },
    { conditions: [{ attribute: 'age', operator: 'equals', value: [1] }] },
    { conditions: [{ attribute: '__proto__', operator: 'like', value: 1 }] },
    { percentage: 3 },
  ])('refuses %j', (bad) => expect(simpleFlag.safeParse(bad).success).toBe(false));
});
