import { describe, expect, it } from 'vitest';
import { dealsByHash, exposureOf } from '../../../../shared/flags/cohort.ts';
import { documentOf, flagsOf, onOff } from './flag-builder.ts';

describe('exposureOf', () => {
  const flags = flagsOf(documentOf({ f: onOff({ if: [{ var: 'staff' }, 'on', { fractional: [['off', 1]] }] }) }));
  const exposed = (context: object) => exposureOf('f', flags.resolve('f', context as never), context as never);

  it('is the variation that a key was given, and whether by hash', () => {
    expect(exposed({ targetingKey: 'k' })).toEqual({ flag: 'f', key: 'k', cohort: 'off', dealt: true });
    expect(exposed({ targetingKey: 'k', staff: true })).toEqual({ flag: 'f', key: 'k', cohort: 'on', dealt: false });
  });

  it('is none without a key, and without a variation', () => {
    expect(exposed({})).toBeUndefined();
    expect(exposureOf('g', flags.resolve('g'), { targetingKey: 'k' })).toBeUndefined();
  });
});

describe('dealsByHash', () => {
  it('is so wherever a rule has a fractional, and not where a text says so', () => {
    const split = { fractional: [['on', 1]] };
    expect([split, { if: [{ var: 'staff' }, 'on', split] }].map(dealsByHash)).toEqual([true, true]);
    const said = { '==': [{ var: 'fractional' }, '"fractional":'] };
    expect([undefined, {}, { $ref: 'staff' }, said].map(dealsByHash)).toEqual([false, false, false, false]);
  });
});
