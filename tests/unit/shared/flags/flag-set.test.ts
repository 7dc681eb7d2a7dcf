import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { documentOf, flagsOf, onOff } from './flag-builder.ts';

const half = {
  fractional: [
    ['on', 50],
    ['off', 50],
  ],
};

describe('FlagSet', () => {
  it('says why a flag is what it is', () => {
    const flags = flagsOf(
      documentOf(
        {
          fixed: onOff(),
          empty: onOff({}),
          beta: onOff({ if: [{ '===': [{ var: 'beta' }, true] }, 'on', null] }),
          split: onOff(half),
          disabled: onOff(half, { state: 'DISABLED' }),
        },
        { metadata: { flagSetId: 'shop' } },
      ),
    );
    const flagMetadata = { flagSetId: 'shop' };
    expect(flags.boolean('fixed', true)).toEqual({ value: false, variant: 'off', reason: 'STATIC', flagMetadata });
    expect(flags.boolean('empty', true)).toMatchObject({ value: false, reason: 'STATIC' });
    expect(flags.boolean('beta', false, { beta: true })).toMatchObject({ value: true, variant: 'on', reason: 'TARGETING_MATCH' });
    expect(flags.boolean('beta', true, { beta: false })).toMatchObject({ value: false, variant: 'off', reason: 'DEFAULT' });
    expect(flags.boolean('split', false, { targetingKey: 'k' })).toMatchObject({ reason: 'SPLIT' });
    expect(flags.boolean('disabled', true, { targetingKey: 'k' })).toEqual({ value: true, reason: 'DISABLED', flagMetadata });
    expect(flags.boolean('nobody', true)).toMatchObject({ value: true, reason: 'ERROR', errorCode: 'FLAG_NOT_FOUND' });
  });

  it('gives the default of the code where the type is another', () => {
    const flags = flagsOf(documentOf({ f: onOff(), o: { state: 'ENABLED', variants: { a: { x: 1 } }, defaultVariant: 'a' } }));
    expect(flags.string('f', 'mine')).toMatchObject({ value: 'mine', reason: 'ERROR', errorCode: 'TYPE_MISMATCH' });
    expect(flags.number('f', 7)).toMatchObject({ value: 7, errorCode: 'TYPE_MISMATCH' });
    expect(flags.object('f', {})).toMatchObject({ value: {}, errorCode: 'TYPE_MISMATCH' });
    expect(flags.object('o', {})).toMatchObject({ value: { x: 1 }, reason: 'STATIC' });
    expect(flags.boolean('o', true)).toMatchObject({ value: true, errorCode: 'TYPE_MISMATCH' });
  });

  it('leaves the choice to the code where there is no default variant', () => {
    const flags = flagsOf(
      documentOf({ none: onOff(undefined, { defaultVariant: null }), split: onOff(half, { defaultVariant: null }) }),
    );
    expect(flags.boolean('none', true)).toMatchObject({ value: true, reason: 'DEFAULT' });
    expect(flags.boolean('split', true, {})).toMatchObject({ value: true, reason: 'ERROR', errorCode: 'TARGETING_KEY_MISSING' });
  });

  it.each([{}, { targetingKey: '' }, { targetingKey: null }, { targetingKey: {} }])(
    'gives the default variant to %j',
    (context) => {
      expect(flagsOf(documentOf({ f: onOff(half) })).boolean('f', true, context as never)).toMatchObject({
        value: false,
        reason: 'DEFAULT',
      });
    },
  );

  it.each([null, [], 'text', 3])('refuses %j as a context', (context) => {
    const answer = flagsOf(documentOf({ f: onOff(half) })).boolean('f', true, context as never);
    expect(answer).toMatchObject({ value: true, reason: 'ERROR', errorCode: 'INVALID_CONTEXT' });
  });

  it('gives the default of the code where a rule yields no variant of the flag', () => {
    const flags = flagsOf(documentOf({ f: onOff({ var: 'plan' }) }));
    expect(flags.boolean('f', true, { plan: 'on' })).toMatchObject({ value: true, reason: 'TARGETING_MATCH' });
    expect(flags.boolean('f', true, { plan: 'toString' })).toMatchObject({ value: true, errorCode: 'GENERAL' });
  });

  it('gives the default of the code where a rule cannot be evaluated for the context', () => {
    const flags = flagsOf(documentOf({ f: onOff({ if: [{ '>': [{ var: 'age' }, 18] }, 'on', 'off'] }) }));
    expect(flags.boolean('f', true, { age: 'old' })).toMatchObject({ value: true, reason: 'ERROR', errorCode: 'GENERAL' });
    expect(flags.boolean('f', true, { age: 19 })).toMatchObject({ value: true, reason: 'TARGETING_MATCH' });
  });

  it('never throws and never changes a context, whatever it holds', () => {
    const rule = { if: [{ some: [{ var: 'groups' }, { in: [{ var: 'a.b' }, ['x']] }] }, 'on', half] };
    const flags = flagsOf(documentOf({ f: onOff(rule) }));
    fc.assert(
      fc.property(fc.anything(), fc.anything(), (groups, targetingKey) => {
        const context = Object.freeze({ groups, targetingKey }) as never;
        expect(typeof flags.boolean('f', false, context).value).toBe('boolean');
      }),
    );
  });

  it('cannot be changed by who reads a resolution', () => {
    const flags = flagsOf(documentOf({ f: onOff() }));
    const answer = flags.boolean('f', true) as { value: boolean };
    expect(() => {
      answer.value = true;
    }).toThrow(TypeError);
    expect(flags.boolean('f', true).value).toBe(false);
  });

  it('deals shares that are as large as their weights', () => {
    const flags = flagsOf(
      documentOf({
        f: onOff({
          fractional: [
            ['on', 10],
            ['off', 90],
          ],
        }),
      }),
    );
    const on = Array.from({ length: 20_000 }, (_, n) => flags.boolean('f', false, { targetingKey: `ključ-${n}` }).value).filter(
      Boolean,
    );
    expect(on.length / 20_000).toBeCloseTo(0.1, 2);
  });
});
