import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FlagDefinition, flagDefinition } from '../../../../shared/flags/flag-document.ts';
import { armsOf, atStage, type Stage, stageOf } from '../../../../shared/flags/stage.ts';
import { documentOf, flagsOf, onOff } from './flag-builder.ts';

const flag = (targeting?: unknown, more: object = {}): FlagDefinition => flagDefinition.parse(onOff(targeting, more));
const staged = (from: FlagDefinition, to: Partial<Stage>): FlagDefinition => {
  const result = atStage(from, to);
  if (!result.ok) throw new Error(result.reason);
  return result.flag;
};
const isOn = (one: FlagDefinition, context: object): boolean =>
  flagsOf(documentOf({ f: one })).boolean('f', false, context as never).value;

const percent = fc.integer({ min: 0, max: 100_000 }).map((thousandths) => thousandths / 1000);
const key = fc.oneof(fc.string({ unit: 'grapheme', minLength: 1 }), fc.constantFrom('żółć', '東京', '😀', 'ключ', 'ümlaut'));
const keys = fc.array(key, { minLength: 20, maxLength: 60 });

describe('atStage', () => {
  it('moves nobody who has the new variant when it rises, and nobody who has the old one when it falls', () => {
    fc.assert(
      fc.property(percent, percent, keys, fc.constantFrom('targetingKey', 'customer'), (a, b, people, by) => {
        const [low, high] = [a, b].sort((x, y) => x - y).map((share) => staged(flag(), { percent: share, by })) as [
          FlagDefinition,
          FlagDefinition,
        ];
        for (const name of people) if (isOn(low, { [by]: name })) expect(isOn(high, { [by]: name })).toBe(true);
      }),
    );
  });

  it('keeps whom it had when the weights of another total become its own', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100 }), keys, (share, people) => {
        const written = flag({
          fractional: [
            ['on', share],
            ['off', 100 - share],
          ],
        });
        const again = staged(written, { percent: share });
        for (const targetingKey of people) expect(isOn(again, { targetingKey })).toBe(isOn(written, { targetingKey }));
      }),
    );
  });

  it('reads back as the stage that it was set to, whatever it was before', () => {
    const stages = fc.record({
      percent,
      by: fc.constantFrom('targetingKey', 'customer'),
      customers: fc.uniqueArray(fc.constantFrom('a', 'b', 'ö')),
    });
    fc.assert(
      fc.property(stages, stages, (first, second) => {
        expect(stageOf(staged(staged(flag(), first), second))).toEqual(second);
      }),
    );
  });

  it.each([
    [{ percent: 0 }, { targetingKey: 'k' }, false],
    [{ percent: 0 }, {}, false],
    [{ percent: 100 }, { targetingKey: 'k' }, true],
    [{ percent: 100 }, {}, true],
    [{ percent: 100 }, { targetingKey: '' }, true],
    [{ percent: 99.999 }, {}, false],
    [{ percent: 99.999 }, { targetingKey: '' }, false],
    [{ customers: ['acme'] }, { customer: 'acme' }, true],
    [{ customers: ['acme'] }, { customer: 'other', targetingKey: 'k' }, false],
    [{ customers: ['acme'], percent: 100 }, { customer: 'other' }, true],
  ])('at %j, %j is on: %s', (at, context, on) => {
    expect(isOn(staged(flag(), at), context)).toBe(on);
  });

  it('changes the split alone, wherever the rule has it', () => {
    const rule = {
      if: [
        { '===': [{ var: 'plan' }, 'pro'] },
        {
          fractional: [
            ['on', 1],
            ['off', 9],
          ],
        },
        'off',
      ],
    };
    const at50 = staged(flag(rule), { percent: 50 });
    expect(stageOf(flag(rule))).toMatchObject({ percent: 10 });
    expect(stageOf(at50)).toMatchObject({ percent: 50 });
    expect(isOn(staged(at50, { percent: 100 }), { plan: 'free', targetingKey: 'k' })).toBe(false);
    expect(isOn(staged(at50, { percent: 100 }), { plan: 'pro' })).toBe(true);
  });

  it.each([
    ['a percentage above 100', {}, { percent: 101 }, 'at most 100'],
    ['NaN', {}, { percent: Number.NaN }, 'must be a percentage'],
    ['a share finer than its steps', {}, { percent: 0.00001 }, 'three decimals'],
    ['a rule without a split', { targeting: { if: [{ var: 'x' }, 'on', 'off'] } }, { percent: 1 }, 'has no splits'],
    ['a disabled flag', { state: 'DISABLED' }, { percent: 1 }, 'disabled'],
    ['a flag that does not say which variant is new', { defaultVariant: null }, { percent: 1 }, 'not clear'],
  ])('refuses %s', (_, more, at, reason) => {
    expect(atStage(flag(undefined, more), at)).toMatchObject({ ok: false, reason: expect.stringContaining(reason) });
  });

  it('refuses two splits, and a variant that the flag lacks', () => {
    const split = {
      fractional: [
        ['on', 1],
        ['off', 1],
      ],
    };
    expect(atStage(flag({ if: [{ var: 'x' }, split, split] }), { percent: 1 })).toMatchObject({
      reason: expect.stringContaining('2 splits'),
    });
    expect(atStage(flag(), { percent: 1 }, { to: 'new', from: 'off' })).toMatchObject({
      reason: expect.stringContaining('no variant "new"'),
    });
    expect(atStage(flag(), { percent: 1 }, { to: 'off', from: 'off' })).toMatchObject({
      reason: expect.stringContaining('is the old one'),
    });
  });

  it('reads 0 and 100 % from a flag without a rule', () => {
    expect(stageOf(flag())).toMatchObject({ percent: 0 });
    expect(stageOf(flag(undefined, { defaultVariant: 'on' }), { to: 'on', from: 'off' })).toMatchObject({ percent: 100 });
    expect(armsOf(flag())).toEqual({ to: 'on', from: 'off' });
  });
});
